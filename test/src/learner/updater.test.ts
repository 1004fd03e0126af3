import * as tf from '@tensorflow/tfjs-core';
import { constraints, layers, sequential } from '@tensorflow/tfjs-layers';
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

const weightsOf = (model: ReturnType<typeof makeModel>): number[] =>
  model.getWeights().flatMap(weight => Array.from(weight.dataSync()));

async function byUpdater(optimizer: Optimizer, isCompiled: boolean): Promise<number[]> {
  const model = makeModel();
  const updater = createUpdater(optimizer, model);
  const take = (inputs: Record<'x' | 'y', tf.Tensor>): { loss: tf.Tensor } => {
    const { value, gradients } = valueAndGradients(() => {
      const { output } = applyModel(model, inputs.x, { training: true, seed: null });
      return tf.mean(tf.squaredDifference(output, inputs.y)) as tf.Scalar;
    }, updater.weights);
    updater.apply(gradients);
    return { loss: value };
  };
  if (isCompiled) {
    const inputs = { x: { shape: [8, 3] }, y: { shape: [8, 2] } };
    const step = compile(take, { inputs, variables: updater.variables });
    for (let i = 0; i < 5; i++) await step({ x, y });
    expect(step.compiled).toBe(true);
    await step.dispose();
  } else {
    for (let i = 0; i < 5; i++) tf.tidy(() => void take({ x: tf.tensor(x, [8, 3]), y: tf.tensor(y, [8, 2]) }));
  }
  const weights = weightsOf(model);
  updater.dispose();
  model.dispose();
  return weights;
}

async function byLearner(optimizer: Optimizer): Promise<number[]> {
  const model = makeModel();
  const learner = createLearner({ model, optimizer, loss: 'mse', compile: false });
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

describe.skipIf(native === null)('createUpdater', () => {
  it.each<[string, () => Optimizer]>([
    ['adam', () => adam({ learningRate: 0.1 })],
    ['sgd with momentum', () => sgd({ learningRate: 0.1, momentum: 0.9 })],
    ['rmsprop with decay and averages', () => rmsprop({ learningRate: 0.1, weightDecay: 0.01, useEma: true })],
    ['adam, accumulating', () => adam({ learningRate: 0.1, gradientAccumulationSteps: 2 })],
  ])('makes the updates of a learner, compiled and eager: %s', async (_name, optimizer) => {
    await expectNoLeaks(async () => {
      const expected = await byLearner(optimizer());
      for (const isCompiled of [true, false]) {
        const weights = await byUpdater(optimizer(), isCompiled);
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

  it('refuses what it can do nothing with', () => {
    const weight = tf.variable(tf.tensor1d([1]));
    const updater = createUpdater('sgd', [weight]);
    expect(() => updater.apply([])).toThrow('0 gradients for 1 weights');
    updater.dispose();
    expect(() => createUpdater('sgd', [])).toThrow('no weight to update');
    expect(() => createUpdater('sdg' as never, [weight])).toThrow("Did you mean 'sgd'");
    weight.dispose();
  });
});
