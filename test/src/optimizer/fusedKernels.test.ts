import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import type { Batch } from '../../../src/data/batch.js';
import { createLearner } from '../../../src/learner/createLearner.js';
import type { LearnerState } from '../../../src/learner/learner.js';
import type { Optimizer, OptimizerOptions } from '../../../src/optimizer/optimizer.js';
import { optimizerByName } from '../../../src/optimizer/optimizerByName.js';
import { nativeOrNull } from '../../helpers/native.js';
import { everyOptimizer } from './everyOptimizer.js';

const batch: Batch = {
  kind: 'values',
  x: { data: Float32Array.from({ length: 24 }, (_, i) => Math.sin(i * i)), shape: [8, 3] },
  y: { data: Float32Array.from({ length: 16 }, (_, i) => Math.cos(i)), shape: [8, 2] },
  epoch: 0,
  size: 8,
  seed: 1,
  cursor: { epoch: 0, position: 8 },
};

async function train(optimizer: Optimizer, compile: boolean): Promise<LearnerState> {
  const model = sequential({ layers: [layers.dense({ units: 2, inputShape: [3] })] });
  tf.tidy(() => model.setWeights([tf.tensor2d([0.5, -1, 0.25, 2, -0.75, 1], [3, 2]), tf.tensor1d([0.1, -0.2])]));
  const learner = createLearner({ model, optimizer, loss: 'mse', compile });
  const learningRate = optimizer.learningRate as number;
  for (let iterations = 0; iterations < 6; iterations++) await learner.step(batch, { learningRate, iterations });
  const state = await learner.state();
  await learner.dispose();
  model.dispose();
  return state;
}

/** Weights by themselves, slots by their largest value, as the golden cases have it. */
function expectSame(ours: LearnerState, expected: LearnerState): void {
  for (const [i, { name, data }] of expected.weights.entries()) {
    for (const [j, value] of data.entries()) expect(ours.weights[i].data[j], name).toBeCloseTo(value, 5);
  }
  for (const [i, { name, data }] of expected.slots.entries()) {
    const largest = Math.max(...Array.from(data, Math.abs));
    for (const [j, value] of data.entries()) {
      expect(Math.abs(ours.slots[i].data[j] - value), name).toBeLessThanOrEqual(5e-5 * largest);
    }
  }
}

/** Beside the table's: decays so near to 1 that float32 has few digits of the difference. */
const cases: readonly (readonly [string, OptimizerOptions & Record<string, unknown>])[] = [
  ...everyOptimizer.map(([name, options]) => [name, options] as const),
  ['adam', { learningRate: 0.05, beta1: 0.99, beta2: 0.995, epsilon: 1e-3 }],
  ['adamax', { learningRate: 1, beta1: 0.999, epsilon: 1e-3 }],
  ['adadelta', { learningRate: 1, rho: 0.999, epsilon: 1e-3 }],
  ['rmsprop', { learningRate: 0.01, rho: 0.999, epsilon: 1e-3 }],
];

const native = await nativeOrNull();

describe.skipIf(native === null)('fused kernels', () => {
  it.each<(typeof cases)[number]>(cases)('%s %j is the same fused, composed and eager', async (name, options) => {
    const { kernel, ...composed } = optimizerByName(name, options);
    const expected = await train(composed, false);
    expectSame(await train(composed, true), expected);
    if (kernel !== undefined) expectSame(await train({ ...composed, kernel }, true), expected);
  });

  it('are there where TensorFlow has one of the same formula, and nothing is wrapped around it', () => {
    const fused = everyOptimizer.filter(([name, options]) => optimizerByName(name, options).kernel !== undefined);
    expect([...new Set(fused.map(([name]) => name))]).toEqual(['sgd', 'rmsprop', 'adam', 'adamax', 'adadelta']);
    expect(optimizerByName('adam', { clipnorm: 1 }).kernel).toBeUndefined();
  });
});
