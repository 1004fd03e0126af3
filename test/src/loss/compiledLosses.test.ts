import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import type { HostArray } from '../../../src/array/hostArray.js';
import type { Batch } from '../../../src/data/batch.js';
import { createLearner } from '../../../src/learner/createLearner.js';
import { lossByName } from '../../../src/loss/lossByName.js';
import type { LossOptions } from '../../../src/loss/lossOptions.js';
import { nativeOrNull } from '../../helpers/native.js';

const classNumbers = { data: Int32Array.of(0, 1, 2, 1, 0, 2), shape: [6] };
const targets = { data: Float32Array.from({ length: 18 }, (_, i) => (i % 4) / 3), shape: [6, 3] };

const losses: [name: string, options: LossOptions, y: HostArray][] = [
  ['categorical_crossentropy', { labelSmoothing: 0.1 }, classNumbers],
  ['sparse_categorical_crossentropy', { ignoreClass: 1 }, classNumbers],
  ['binary_crossentropy', {}, classNumbers],
  ['binary_focal_crossentropy', { applyClassBalancing: true }, classNumbers],
  ['categorical_focal_crossentropy', {}, classNumbers],
  ['categorical_generalized_cross_entropy', {}, classNumbers],
  ['dice', {}, classNumbers],
  ['tversky', { axis: -1, alpha: 0.3 }, classNumbers],
  ['circle', { gamma: 2 }, classNumbers],
  ['kl_divergence', {}, classNumbers],
  ['hinge', {}, classNumbers],
  ['squared_hinge', {}, classNumbers],
  ['categorical_hinge', {}, classNumbers],
  ['mean_squared_error', {}, targets],
  ['mean_absolute_error', {}, targets],
  ['mean_absolute_percentage_error', {}, targets],
  ['mean_squared_logarithmic_error', {}, targets],
  ['cosine_similarity', {}, targets],
  ['log_cosh', {}, targets],
  ['poisson', {}, targets],
  ['huber', { delta: 0.3 }, targets],
];

async function train(name: string, options: LossOptions, y: HostArray, compile: boolean): Promise<number[]> {
  const batch: Batch = {
    kind: 'values',
    x: { data: Float32Array.from({ length: 24 }, (_, i) => Math.sin(i * i)), shape: [6, 4] },
    y,
    sampleWeight: Float32Array.of(1, 2, 1, 3, 1, 0.5),
    epoch: 0,
    size: 6,
    seed: 1,
    cursor: { epoch: 0, position: 6 },
  };
  const model = sequential({ layers: [layers.dense({ units: 3, activation: 'softmax', inputShape: [4] })] });
  tf.tidy(() => model.setWeights([tf.cos(tf.reshape(tf.range(0, 12), [4, 3])), tf.zeros([3])]));
  const learner = createLearner({ model, optimizer: 'sgd', loss: lossByName(name, options), compile });
  const numbers: number[] = [];
  for (let iterations = 0; iterations < 3; iterations++) {
    numbers.push((await learner.step(batch, { learningRate: 0.05, iterations })).loss);
  }
  expect(learner.compiled).toBe(compile);
  for (const { data } of (await learner.state()).weights) numbers.push(...data);
  await learner.dispose();
  model.dispose();
  return numbers;
}

const native = await nativeOrNull();

describe.skipIf(native === null)('losses', () => {
  it.each(losses)('%s %j trains the same compiled and eager', async (name, options, y) => {
    const [compiled, eager] = [await train(name, options, y, true), await train(name, options, y, false)];
    for (const [i, value] of eager.entries()) {
      expect(Math.abs(compiled[i] - value)).toBeLessThan(1e-5 * Math.max(1, Math.abs(value)));
    }
  });
});
