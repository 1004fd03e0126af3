import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import {
  constraints,
  model as functional,
  input,
  type LayersModel,
  layers,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ValueBatch } from '../../../src/data/batch.js';
import { createLearner } from '../../../src/learner/createLearner.js';
import type { NamedArray } from '../../../src/learner/learner.js';
import { modelVariables } from '../../../src/learner/modelVariables.js';
import { initializeWeights } from '../../../src/model/initializeWeights.js';
import { adam } from '../../../src/optimizer/adam.js';
import { nativeOrNull } from '../../helpers/native.js';

const backends = (await nativeOrNull()) === null ? ['cpu'] : ['cpu', 'tensorflow'];
beforeAll(() => tf.setBackend('cpu'));
afterAll(() => tf.setBackend('cpu'));

const size = 4;
/** Nothing else in the models has as many. */
const filters = 7;
const batch: ValueBatch = {
  kind: 'values',
  x: { data: Float32Array.from({ length: size * 50 }, (_, i) => Math.sin(i * i)), shape: [size, 5, 5, 2] },
  y: { data: Float32Array.from({ length: size * 3 }, (_, i) => Number(i % 4 === 0)), shape: [size, 3] },
  epoch: 0,
  size,
  seed: 1,
  cursor: { epoch: 0, position: size },
};

type Part = (x: SymbolicTensor) => SymbolicTensor;
const apply = (layer: layers.Layer, ...inputs: SymbolicTensor[]): SymbolicTensor =>
  layer.apply(inputs.length === 1 ? inputs[0] : inputs) as SymbolicTensor;

function build(part: Part): LayersModel {
  const inputs = input({ shape: [5, 5, 2] });
  const flat = apply(layers.globalAveragePooling2d({}), apply(layers.activation({ activation: 'tanh' }), part(inputs)));
  const model = functional({ inputs, outputs: apply(layers.dense({ units: 3 }), flat) });
  initializeWeights(model, 2);
  return model;
}

const conv = (args: object = {}) => layers.conv2d({ filters, kernelSize: 3, ...args });
const normalization = (args: object = {}) => layers.batchNormalization(args);

interface Way {
  /** From where to where the bias goes in some steps. */
  readonly before: number[];
  readonly after: number[];
  /** What the optimizer keeps for it. */
  readonly slots: number;
}

async function way(part: Part, compile: boolean, optimizer = adam()): Promise<Way> {
  const model = build(part);
  for (const { variable } of modelVariables(model)) {
    if (variable.shape[0] === filters) variable.assign(tf.fill(variable.shape, 0.5));
  }
  const learner = createLearner({ model, optimizer, loss: 'mse', compile });
  const bias = async () => {
    const { weights, slots } = await learner.state();
    const { name, data } = weights.find(one => one.name.endsWith('bias') && one.shape[0] === filters) as NamedArray;
    return { values: Array.from(data), slots: slots.filter(slot => slot.name.startsWith(`${name}/`)).length };
  };
  const { values: before, slots } = await bias();
  for (let iterations = 0; iterations < 3; iterations++) {
    await learner.step(batch, { learningRate: 0.01, iterations });
  }
  const { values: after } = await bias();
  await learner.dispose();
  return { before, after, slots };
}

const distance = ({ before, after }: Way): number => Math.max(...after.map((value, i) => Math.abs(value - before[i])));

describe.each(backends)('a bias before batch normalization, on %s', backend => {
  beforeAll(() => tf.setBackend(backend));
  const compile = backend === 'tensorflow';

  it.each<[string, Part]>([
    ['of a convolution', x => apply(normalization(), apply(conv(), x))],
    ['of a dense layer', x => apply(normalization(), apply(layers.dense({ units: filters }), x))],
    [
      'with two normalizations',
      x => {
        const y = apply(conv(), x);
        return apply(layers.add(), apply(normalization(), y), apply(normalization(), y));
      },
    ],
    [
      'in a model within',
      x => {
        const inner = input({ shape: [5, 5, 2] });
        return apply(functional({ inputs: inner, outputs: apply(normalization(), apply(conv(), inner)) }), x);
      },
    ],
  ])('%s stays as it is, and costs nothing', async (_, part) => {
    const bias = await way(part, compile);
    expect(bias.after).toEqual(bias.before);
    expect(bias.slots).toBe(0);
  });

  it('decays with the weights', async () => {
    const bias = await way(x => apply(normalization(), apply(conv(), x)), compile, adam({ weightDecay: 0.1 }));
    expect(bias.slots).toBe(2);
    for (const value of bias.after) expect(value).toBeCloseTo(0.5 * (1 - 0.01 * 0.1) ** 3, 6);
  });

  it('keeps to its constraint', async () => {
    const constrained = conv({ biasConstraint: constraints.maxNorm({ maxValue: 0.25 }) });
    const bias = await way(x => apply(normalization(), apply(constrained, x)), compile);
    expect(Math.hypot(...bias.after)).toBeCloseTo(0.25, 5);
  });

  it.each<[string, Part]>([
    ['behind an activation', x => apply(normalization(), apply(conv({ activation: 'relu' }), x))],
    ['before a frozen normalization', x => apply(normalization({ trainable: false }), apply(conv(), x))],
    ['before one along another axis', x => apply(normalization({ axis: 1 }), apply(conv(), x))],
    [
      'with a penalty',
      x => apply(normalization(), apply(conv({ biasRegularizer: 'l1l2', biasInitializer: 'ones' }), x)),
    ],
    [
      'that something else sees',
      x => {
        const y = apply(conv(), x);
        return apply(layers.add(), apply(normalization(), y), y);
      },
    ],
    [
      'that a model within gives out',
      x => {
        const inner = input({ shape: [5, 5, 2] });
        const y = apply(conv(), inner);
        const body = functional({ inputs: inner, outputs: [y, apply(normalization(), y)] });
        return apply(layers.add(), ...(body.apply(x) as SymbolicTensor[]));
      },
    ],
  ])('%s is trained', async (_, part) => {
    const bias = await way(part, compile);
    expect(distance(bias)).toBeGreaterThan(1e-3);
    expect(bias.slots).toBe(2);
  });
});
