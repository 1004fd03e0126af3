import * as tf from '@tensorflow/tfjs-core';
import { constraints, layers, type Sequential, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { expectNoLeaks } from '../../../operators/testing/expectNoLeaks.js';
import { compile } from '../../../src/graph/compile.js';
import { applyModel } from '../../../src/layer/applyModel.js';
import { createLearner } from '../../../src/learner/createLearner.js';
import { createUpdater, type Updater } from '../../../src/learner/updater.js';
import { valueAndGradients } from '../../../src/learner/valueAndGradients.js';
import { initializeWeights } from '../../../src/model/initializeWeights.js';
import { adam } from '../../../src/optimizer/adam.js';
import type { Optimizer } from '../../../src/optimizer/optimizer.js';
import { rmsprop } from '../../../src/optimizer/rmsprop.js';
import { sgd } from '../../../src/optimizer/sgd.js';
import { constant } from '../../../src/schedule/constant.js';
import { nativeOrNull } from '../../helpers/native.js';

const native = await nativeOrNull();

const x = Float32Array.from({ length: 8 * 3 }, (_, i) => Math.sin(i));
const y = Float32Array.from({ length: 8 * 2 }, (_, i) => Math.cos(i));

/** With a layer that is normalized, a frozen one and a constraint. */
function makeModel() {
  const frozen = layers.dense({ units: 4, activation: 'tanh', inputShape: [3] });
  frozen.trainable = false;
  const model = sequential({
    layers: [
      frozen,
      layers.batchNormalization(),
      layers.dense({ units: 2, kernelConstraint: constraints.maxNorm({ maxValue: 0.5, axis: 0 }) }),
    ],
  });
  initializeWeights(model, 3);
  return model;
}

/** Its table's gradient is the contributions to its rows. */
function makeEmbedding() {
  const embeddingsConstraint = constraints.nonNeg();
  const model = sequential({
    layers: [
      layers.embedding({ inputDim: 5, outputDim: 2, inputLength: 3, embeddingsConstraint }),
      layers.flatten(),
      layers.dense({ units: 2 }),
    ],
  });
  initializeWeights(model, 3);
  return model;
}

interface Case {
  readonly make: () => Sequential;
  readonly x: Float32Array;
  readonly optimizer: () => Optimizer;
}

const weightsOf = (model: Sequential): number[] => model.getWeights().flatMap(weight => Array.from(weight.dataSync()));

async function byUpdater({ make, x, optimizer }: Case, how: 'compiled' | 'eager' | 'untraceable'): Promise<number[]> {
  const model = make();
  const updater = createUpdater(optimizer(), model);
  const take = (inputs: Record<'x' | 'y', tf.Tensor>): { loss: tf.Tensor } => {
    const { value, gradients } = valueAndGradients(() => {
      const { output } = applyModel(model, inputs.x, { training: true, seed: null });
      return tf.mean(tf.squaredDifference(output, inputs.y)) as tf.Scalar;
    }, updater.weights);
    updater.apply(gradients);
    if (how === 'untraceable') value.dataSync();
    return { loss: value };
  };
  if (how !== 'eager') {
    const inputs = { x: { shape: [8, 3] }, y: { shape: [8, 2] } };
    const step = compile(take, { inputs, variables: updater.variables, onFallback: () => {} });
    for (let i = 0; i < 5; i++) await step({ x, y });
    expect(step.compiled).toBe(how === 'compiled');
    await step.dispose();
  } else {
    for (let i = 0; i < 5; i++) tf.tidy(() => void take({ x: tf.tensor(x, [8, 3]), y: tf.tensor(y, [8, 2]) }));
  }
  const weights = weightsOf(model);
  updater.dispose();
  model.dispose();
  return weights;
}

async function byLearner({ make, x, optimizer }: Case): Promise<number[]> {
  const model = make();
  const learner = createLearner({ model, optimizer: optimizer(), loss: 'mse', compile: false });
  const arrays = { x: { data: x, shape: [8, 3] }, y: { data: y, shape: [8, 2] } };
  const info = { size: 8, epoch: 0, seed: 1, cursor: { epoch: 0, position: 8 } };
  for (let iterations = 0; iterations < 5; iterations++) {
    await learner.step({ kind: 'values', ...arrays, ...info }, { iterations, learningRate: 0.1 });
  }
  await learner.dispose();
  const weights = weightsOf(model);
  model.dispose();
  return weights;
}

it('createUpdater refuses an optimizer of tfjs', () => {
  const given = tf.train.sgd(0.1) as never;
  expect(() => createUpdater(given, [])).toThrow(/^createUpdater: that is no optimizer of gradstream/);
});

describe.skipIf(native === null)('createUpdater', () => {
  const dense = { make: makeModel, x };
  const table = { make: makeEmbedding, x: x.map((_, i) => i % 4) };
  it.each<[string, Case]>([
    ['adam', { ...dense, optimizer: () => adam({ learningRate: 0.1 }) }],
    ['sgd with momentum', { ...dense, optimizer: () => sgd({ learningRate: 0.1, momentum: 0.9 }) }],
    [
      'rmsprop with decay and averages',
      { ...dense, optimizer: () => rmsprop({ learningRate: 0.1, weightDecay: 0.01, useEma: true }) },
    ],
    ['adam, accumulating', { ...dense, optimizer: () => adam({ learningRate: 0.1, gradientAccumulationSteps: 2 }) }],
    ['adam, of a table', { ...table, optimizer: () => adam({ learningRate: 0.1 }) }],
    ['sgd, of a table, clipped', { ...table, optimizer: () => sgd({ learningRate: 0.1, globalClipnorm: 0.1 }) }],
  ])('makes the updates of a learner, compiled and eager: %s', async (_name, given) => {
    await expectNoLeaks(async () => {
      const expected = await byLearner(given);
      for (const how of ['compiled', 'eager', 'untraceable'] as const) {
        const weights = await byUpdater(given, how);
        for (const [i, weight] of weights.entries()) expect(weight).toBeCloseTo(expected[i], 5);
      }
    });
  });

  it('lets two take turns in one step, each of which sees what the other has done', async () => {
    const turns = async (isCompiled: boolean): Promise<number[]> => {
      const [a, b] = [1, 2].map(value => tf.tidy(() => tf.variable(tf.tensor1d([value, -value]))));
      const updaters = [a, b].map(weight => createUpdater(adam({ learningRate: 0.1 }), [weight]));
      const take = (): { product: tf.Tensor } => {
        for (const updater of [...updaters, updaters[0]]) {
          const product = () => tf.sum(tf.square(tf.mul(a, tf.add(b, 1)))) as tf.Scalar;
          updater.apply(valueAndGradients(product, updater.weights).gradients);
        }
        return { product: tf.mul(a, b) };
      };
      const variables = updaters.flatMap(updater => updater.variables);
      const step = isCompiled ? compile(take, { inputs: {}, variables }) : null;
      const seen: number[] = [];
      for (let i = 0; i < 3; i++) {
        const eager = () => Array.from(tf.tidy(() => take().product).dataSync());
        seen.push(...(step === null ? eager() : (await step({})).product.data));
      }
      await step?.dispose();
      const weights = [a, b].flatMap(weight => Array.from(weight.dataSync()));
      for (const updater of updaters) updater.dispose();
      tf.dispose([a, b]);
      return [...seen, ...weights];
    };
    const eager = await turns(false);
    for (const [i, value] of (await turns(true)).entries()) expect(value).toBeCloseTo(eager[i], 5);
    expect(eager.every(Number.isFinite)).toBe(true);
  });

  it('goes by what the step itself has assigned to a weight', async () => {
    const clipped = async (isCompiled: boolean): Promise<number[]> => {
      const weight = tf.tidy(() => tf.variable(tf.tensor1d([1, -3])));
      const updater = createUpdater(adam({ learningRate: 0.1 }), [weight]);
      const take = (): { loss: tf.Tensor } => {
        weight.assign(tf.mul(weight, 2));
        const { value, gradients } = valueAndGradients(() => tf.sum(tf.square(weight)) as tf.Scalar, updater.weights);
        weight.assign(tf.clipByValue(weight, -2, 2));
        updater.apply(gradients);
        weight.assign(tf.add(weight, 1));
        return { loss: value };
      };
      const step = isCompiled ? compile(take, { inputs: {}, variables: updater.variables }) : null;
      const losses: number[] = [];
      for (let i = 0; i < 3; i++) {
        losses.push(...(step === null ? tf.tidy(() => take().loss).dataSync() : (await step({})).loss.data));
      }
      await step?.dispose();
      const values = [...losses, ...updater.variables.flatMap(variable => Array.from(variable.dataSync()))];
      updater.dispose();
      weight.dispose();
      return values;
    };
    const eager = await clipped(false);
    for (const [i, value] of (await clipped(true)).entries()) expect(value).toBeCloseTo(eager[i], 4);
  });

  it('updates once what models have in common', async () => {
    const shared = makeModel();
    const whole = sequential({ layers: [shared, layers.dense({ units: 1 })] });
    const updater = createUpdater('adam', [whole, shared, ...whole.trainableWeights.map(w => w.read() as tf.Variable)]);
    for (const list of [updater.weights, updater.variables]) expect(new Set(list).size).toBe(list.length);
    expect(updater.weights.length).toBe(whole.trainableWeights.length);
    updater.dispose();
    whole.dispose();
  });

  it('goes by the rate that it is given, and refuses a schedule that it would freeze', async () => {
    const weight = tf.variable(tf.tensor1d([1]));
    const move = async (updater: Updater, rates: readonly number[]): Promise<number> => {
      weight.assign(tf.tensor1d([1]));
      const step = compile(
        ({ rate }) => {
          updater.apply([tf.ones([1])], rate as tf.Scalar);
          return { weight: tf.clone(weight) };
        },
        { inputs: { rate: { shape: [] } }, variables: updater.variables },
      );
      for (const rate of rates) await step({ rate: Float32Array.of(rate) });
      await step.dispose();
      updater.dispose();
      return weight.dataSync()[0];
    };
    expect(await move(createUpdater('sgd', [weight]), [0.25, 0.5])).toBe(0.25);
    const scheduled = createUpdater(sgd({ learningRate: constant(1) }), [weight]);
    expect(() => tf.tidy(() => scheduled.apply([tf.ones([1])]))).toThrow('is a schedule');
    expect(await move(scheduled, [0.5])).toBe(0.5);
    weight.dispose();
  });

  it('ends with the moving averages as weights, where it keeps some', () => {
    const weight = tf.variable(tf.tensor1d([1]));
    for (const [useEma, expected] of [
      [true, 0.875],
      [false, 0.8],
    ] as const) {
      weight.assign(tf.tensor1d([1]));
      const updater = createUpdater(sgd({ learningRate: 0.1, useEma, emaMomentum: 0.75 }), [weight]);
      for (let i = 0; i < 2; i++) tf.tidy(() => updater.apply([tf.ones([1])]));
      expect(weight.dataSync()[0]).toBeCloseTo(0.8, 6);
      updater.finish();
      updater.dispose();
      expect(weight.dataSync()[0]).toBeCloseTo(expected, 6);
    }
    weight.dispose();
  });

  it('refuses what it can do nothing with', () => {
    const weight = tf.variable(tf.tensor1d([1]));
    const updater = createUpdater('sgd', [weight]);
    expect(() => updater.apply([])).toThrow('0 gradients for 1 weights');
    // Broadcast, it would go through.
    expect(() => updater.apply([tf.scalar(1)])).toThrow(`shape [] for the weight '${weight.name}' of shape [1]`);
    expect(() => updater.apply([undefined as never])).toThrow(`no gradient for the weight '${weight.name}'`);
    updater.dispose();
    expect(() => updater.apply([tf.ones([1])])).toThrow('this updater is disposed');
    expect(() => createUpdater('sgd', [])).toThrow('no weight to update');
    expect(() => createUpdater('sgd', [weight, tf.scalar(1) as never])).toThrow('number 1 of those given is neither');
    expect(() => createUpdater('sdg' as never, [weight])).toThrow("Did you mean 'sgd'");
    weight.dispose();
  });
});
