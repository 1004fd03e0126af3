import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { model as functional, input, type LayersModel, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ValueBatch } from '../../../src/data/batch.js';
import { createLearner } from '../../../src/learner/createLearner.js';
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

/** How far the bias goes in some steps of Adam. */
async function way(part: Part, compile: boolean): Promise<number> {
  const model = build(part);
  const learner = createLearner({ model, optimizer: adam(), loss: 'mse', compile });
  const bias = async (): Promise<number[]> => {
    const found = (await learner.state()).weights.find(
      ({ name, shape }) => name.endsWith('bias') && shape[0] === filters,
    );
    return Array.from(found?.data as Float32Array);
  };
  const before = await bias();
  for (let iterations = 0; iterations < 3; iterations++) {
    await learner.step(batch, { learningRate: 0.01, iterations });
  }
  const after = await bias();
  await learner.dispose();
  return Math.max(...after.map((value, i) => Math.abs(value - before[i])));
}

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
  ])('%s stays as it is', async (_, part) => {
    expect(await way(part, compile)).toBe(0);
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
    expect(await way(part, compile)).toBeGreaterThan(1e-3);
  });
});
