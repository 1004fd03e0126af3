import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, regularizers, sequential } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { weightPenalty } from '../../../src/layer/weightPenalty.js';
import { createLearner } from '../../../src/learner/createLearner.js';
import { sgd } from '../../../src/optimizer/sgd.js';
import { nativeOrNull } from '../../helpers/native.js';

const native = await nativeOrNull();
beforeAll(async () => {
  if (native === null) await tf.setBackend('cpu');
});
afterAll(() => tf.setBackend('cpu'));

/** Frozen where `trainable` is false. */
const dense = (units: number, trainable = true): layers.Layer =>
  layers.dense({
    units,
    trainable,
    kernelRegularizer: regularizers.l2({ l2: 0.1 }),
    biasRegularizer: regularizers.l1({ l1: 0.01 }),
  });

function model(...inner: layers.Layer[]): LayersModel {
  const built = sequential({ layers: [layers.reshape({ inputShape: [2], targetShape: [2] }), ...inner] });
  built.setWeights(built.getWeights().map(weight => tf.fill(weight.shape, 0.5)));
  return built;
}

const frozen = <T extends layers.Layer>(layer: T): T => {
  layer.trainable = false;
  return layer;
};
const wrapped = (wrapper: layers.Layer): LayersModel =>
  model(layers.reshape({ targetShape: [1, 2] }), wrapper, layers.flatten(), dense(1));

/** A Sequential of two layers, the first of which has an input shape. */
const within = (first: layers.Layer, second: layers.Layer): LayersModel =>
  sequential({ layers: [layers.reshape({ inputShape: [2], targetShape: [2] }), first, second] });

/**
 * Loss before and after one step of real Keras 3.15:
 *
 *     d = lambda units: Dense(units, kernel_regularizer=L2(.1), bias_regularizer=L1(.01))  # some with trainable = False
 *     m.set_weights([np.full(w.shape, .5) for w in m.get_weights()]); m.compile(SGD(.1), "mse", jit_compile=False)
 *     m.evaluate(x, y), m.train_on_batch(x, y), m.evaluate(x, y)
 */
const cases: readonly (readonly [string, () => LayersModel, before: number, after: number])[] = [
  ['nothing', () => model(dense(2), dense(1)), 3.29, 0.7077639],
  ['a layer', () => model(dense(2, false), dense(1)), 3.18, 0.8536311],
  [
    'a model in the model',
    () => {
      const gammaRegularizer = regularizers.l2({ l2: 0.1 });
      return model(frozen(within(dense(2), layers.batchNormalization({ gammaRegularizer }))), dense(1));
    },
    2.0722787,
    0.2174488,
  ],
  ['a layer of a model in the model', () => model(within(dense(2, false), dense(2)), dense(1)), 5.29, 1.5693045],
  ['a wrapper', () => wrapped(frozen(layers.timeDistributed({ layer: dense(2) }))), 3.18, 0.8536311],
  ['a layer in a wrapper', () => wrapped(layers.timeDistributed({ layer: dense(2, false) })), 3.18, 0.8536311],
  ['the whole model', () => frozen(model(dense(2), dense(1))), 3.125, 3.125],
];

const batch = {
  kind: 'values',
  x: { data: Float32Array.of(1, 2, 3, -1), shape: [2, 2] },
  y: { data: Float32Array.of(1, 0), shape: [2, 1] },
  epoch: 0,
  size: 2,
  seed: 0,
  cursor: { epoch: 0, position: 2 },
} as const;

describe.each(native === null ? [false] : [false, true])('what is frozen has no penalty, compiled: %s', compile => {
  it.each(cases)('%s', async (_, build, before, after) => {
    const learner = createLearner({ model: build(), optimizer: sgd(), loss: 'mean_squared_error', compile });
    expect((await learner.evaluate(batch)).loss).toBeCloseTo(before, 5);
    expect((await learner.step(batch, { learningRate: 0.1, iterations: 0 })).loss).toBeCloseTo(before, 5);
    expect((await learner.evaluate(batch)).loss).toBeCloseTo(after, 5);
    await learner.dispose();
  });
});

it('leaves a frozen weight of a trainable layer out', () => {
  const layer = dense(2);
  const whole = model(layer);
  expect(weightPenalty(whole)?.dataSync()[0]).toBeCloseTo(0.11, 6);
  const [kernel] = layer.weights as unknown as { trainable: boolean }[];
  kernel.trainable = false;
  expect(weightPenalty(whole)?.dataSync()[0]).toBeCloseTo(0.01, 6);
});
