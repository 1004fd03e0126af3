import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '#tfjs-gradients';
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { InvalidArgumentError } from '../../../src/error/invalidArgumentError.js';
import { UnknownNameError } from '../../../src/error/unknownNameError.js';
import { lossByName } from '../../../src/loss/lossByName.js';
import { lossFromConfig } from '../../../src/loss/lossFromConfig.js';
import type { LossOptions } from '../../../src/loss/lossOptions.js';
import { resolveLoss } from '../../../src/loss/resolveLoss.js';

const { E: e, LN2, log, cosh } = Math;

/** One example each: labels, prediction, and the loss worked out by its definition. */
const losses: [name: string, y: number[], p: number[], loss: number, options?: LossOptions][] = [
  ['mean_squared_error', [1, 2], [2, 4], (1 + 4) / 2],
  ['mean_absolute_error', [1, 2], [2, 4], (1 + 2) / 2],
  ['mean_absolute_percentage_error', [1, 2], [2, 5], (100 * (1 + 1.5)) / 2],
  ['mean_squared_logarithmic_error', [0, e - 1], [e - 1, e - 1], 1 / 2],
  ['cosine_similarity', [3, 4], [4, 3], -24 / 25],
  ['log_cosh', [0, 0], [1, -2], (log(cosh(1)) + log(cosh(2))) / 2],
  ['poisson', [1, 2], [1, e], (1 + e - 2) / 2],
  ['kl_divergence', [0.5, 0.5], [0.25, 0.75], 0.5 * log(2) + 0.5 * log(2 / 3)],
  ['hinge', [0, 1], [0.5, 0.25], (1.5 + 0.75) / 2],
  ['hinge', [-1, 1], [0.5, 2], 1.5 / 2],
  ['squared_hinge', [0, 1], [0.5, 0.25], (1.5 ** 2 + 0.75 ** 2) / 2],
  ['categorical_hinge', [0, 1, 0], [0.3, 0.4, 0.6], 1 + 0.6 - 0.4],
  ['huber', [0, 0], [0.5, 3], (0.125 + 2.5) / 2],
  ['huber', [0, 0], [0.5, 3], (0.125 + 2 * (3 - 1)) / 2, { delta: 2 }],
  ['categorical_crossentropy', [0, 1], [0.5, 0.5], LN2],
  ['categorical_crossentropy', [0, 1], [1, 3], -log(0.75)],
  ['categorical_crossentropy', [0, 1], [0, log(3)], -log(0.75), { fromLogits: true }],
  ['categorical_crossentropy', [0, 1], [0.25, 0.75], -0.9 * log(0.75) - 0.1 * log(0.25), { labelSmoothing: 0.2 }],
  ['sparse_categorical_crossentropy', [1], [0.25, 0.75], -log(0.75)],
  ['sparse_categorical_crossentropy', [1], [0, log(3)], -log(0.75), { fromLogits: true }],
  ['binary_crossentropy', [1, 0], [0.5, 0.25], (LN2 - log(0.75)) / 2],
  ['binary_crossentropy', [1, 0], [0, -log(3)], (LN2 - log(0.75)) / 2, { fromLogits: true }],
  ['binary_focal_crossentropy', [1, 0], [0.5, 0.25], (LN2 / 4 - log(0.75) / 16) / 2],
  ['categorical_focal_crossentropy', [0, 1], [0.25, 0.75], (-0.25 * log(0.75)) / 16],
  ['categorical_generalized_cross_entropy', [0, 1], [0.75, 0.25], 2 * (1 - 0.5)],
  ['dice', [1, 0], [0.5, 0.25], 1 - 1 / 1.75],
  ['tversky', [1, 0], [0.5, 0.25], 1 - 0.5 / (0.5 + 0.25 + 0.125)],
  // One example has nothing to be drawn to.
  ['circle', [1], [0.6, 0.8], 0],
  ['binary_crossentropy', [1], [0.25], -0.9 * log(0.25) - 0.1 * log(0.75), { labelSmoothing: 0.2 }],
];

const lossOf = (perSample: (y: tf.Tensor, p: tf.Tensor) => tf.Tensor, y: number[], p: number[]): number =>
  tf.tidy(() => perSample(tf.tensor2d([y]), tf.tensor2d([p])).dataSync()[0]);

beforeAll(() => tf.setBackend('cpu'));

describe('losses', () => {
  it.each(losses)('%s of %j and %j is %d', (name, y, p, expected, options = {}) => {
    expect(lossOf(lossByName(name, options).perSample, y, p)).toBeCloseTo(expected, 4);
  });

  it.each(losses)('%s of %j and %j has no gradient that is not a number', (name, y, p, _, options = {}) => {
    const { perSample } = lossByName(name, options);
    const gradient = tf.tidy(() =>
      tf
        .grad(x => tf.sum(perSample(tf.tensor2d([y]), x)))(tf.tensor2d([p]))
        .dataSync(),
    );
    expect(Array.from(gradient).every(Number.isFinite)).toBe(true);
  });

  it.each([
    ['categorical_crossentropy', [0, 1], [-1, 2], tf.softmax],
    ['sparse_categorical_crossentropy', [1], [-1, 2], tf.softmax],
    ['binary_crossentropy', [0, 1], [-1, 2], tf.sigmoid],
  ] as const)('%s is the same from logits and from probabilities', (name, y, logits, activation) => {
    const { perSample, fromLogits } = lossByName(name);
    const probabilities = tf.tidy(() => Array.from(activation(tf.tensor1d([...logits])).dataSync()));
    const direct = lossOf(
      (y, x) => (fromLogits as NonNullable<typeof fromLogits>)(y, x, activation(x as never)),
      [...y],
      [...logits],
    );
    expect(direct).toBeCloseTo(lossOf(perSample, [...y], probabilities), 5);
  });

  it("stays finite for logits that no probability can show, where Keras's does", () => {
    const { fromLogits } = lossByName('binary_crossentropy');
    const formula = fromLogits as NonNullable<typeof fromLogits>;
    expect(lossOf((y, x) => formula(y, x, tf.sigmoid(x)), [1], [-200])).toBeCloseTo(200, 4);
  });

  it.each(['MeanSquaredError', 'mse', 'mean_squared_error', 'MSE'])('knows %s', name => {
    expect(lossByName(name).name).toBe('mean_squared_error');
  });

  it("reads Keras's configs, and refuses a reduction that makes no number of a batch", () => {
    expect(lossFromConfig('CategoricalCrossentropy', { label_smoothing: 0.2, name: 'x' }).config).toEqual({
      from_logits: false,
      label_smoothing: 0.2,
    });
    expect(lossFromConfig('MeanSquaredError', { reduction: 'sum' })).toMatchObject({
      reduction: 'sum',
      config: { reduction: 'sum' },
    });
    expect(() => lossFromConfig('MeanSquaredError', { reduction: 'none' })).toThrow(/'none'.*sum_over_batch_size/);
    expect(() => lossFromConfig('Dice', { reduction: 'sum', axis: 1 })).toThrow(/'axis' has no reduction 'sum'/);
  });

  it('takes a function; a scalar stands for each example', () => {
    const loss = resolveLoss(function always() {
      return tf.scalar(3);
    });
    expect(loss.name).toBe('always');
    expect(Array.from(loss.perSample(tf.zeros([2, 1]), tf.zeros([2, 1])).dataSync())).toEqual([3, 3]);
  });

  it.each([
    ['a number', () => 3, /'wrong' gave no tensor but 3 for a batch of 2.*Return a tensor of shape \[2\]/],
    ['nothing', () => undefined, /no tensor but undefined/],
    ['losses of another batch', () => tf.zeros([5]), /a tensor of shape \[5\] for a batch of 2/],
  ])('refuses a function that gives %s', (_, given, message) => {
    const wrong = { wrong: () => given() as tf.Tensor }.wrong;
    const y = tf.zeros([2, 3]);
    expect(() => resolveLoss(wrong).perSample(y, y)).toThrow(InvalidArgumentError);
    expect(() => resolveLoss(wrong).perSample(y, y)).toThrow(message);
  });

  it.each(['constructor', '__proto__', 'toString', ''])('has no loss %j', name => {
    expect(() => lossByName(name)).toThrow(UnknownNameError);
  });

  it('suggests the nearest name', () => {
    expect(() => lossByName('mean_squred_error')).toThrow(/Did you mean 'mean_squared_error'/);
  });

  it('tests every loss that is known', async () => {
    const message = String(
      await Promise.resolve()
        .then(() => lossByName('?'))
        .catch((error: Error) => error.message),
    );
    const known = /Known: (.*)\.$/.exec(message)?.[1].split(', ') ?? [];
    expect([...new Set(losses.map(([name]) => name))].sort()).toEqual(known.sort());
    const files = await readdir(fileURLToPath(new URL('../../../src/loss', import.meta.url)));
    expect(files.sort()).toEqual([
      'circleLoss.ts',
      'loss.ts',
      'lossByName.ts',
      'lossFamilies.ts',
      'lossFromConfig.ts',
      'lossFunctions.ts',
      'lossOptions.ts',
      'meanOfCounted.ts',
      'perExample.ts',
      'resolveLoss.ts',
      'savedLoss.ts',
    ]);
  });
});
