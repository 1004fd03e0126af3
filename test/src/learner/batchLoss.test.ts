import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { initializers, layers, regularizers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { batchLoss } from '../../../src/learner/batchLoss.js';
import { createLearner } from '../../../src/learner/createLearner.js';
import { lossByName } from '../../../src/loss/lossByName.js';
import type { LossOptions } from '../../../src/loss/lossOptions.js';
import { savedLoss } from '../../../src/loss/savedLoss.js';
import { sgd } from '../../../src/optimizer/sgd.js';

beforeAll(() => tf.setBackend('cpu'));

const ramp = (shape: number[], factor: number, modulus: number): tf.Tensor => {
  const size = shape.reduce((a, b) => a * b);
  return tf.tensor(
    Array.from({ length: size }, (_, i) => ((i * factor) % modulus) / (modulus - 1)),
    shape,
  );
};

describe('the loss of a batch', () => {
  /** By `keras.losses` of Keras 3.15.1; a sequence's weight is given as `[batch, 1]` there. */
  it.each<[string, number[], LossOptions['reduction'], number[] | null, number]>([
    ['mse', [3, 2], 'sum', null, 0.020833],
    ['mse', [3, 2], 'sum', [2, 0.5, 1], 0.019097],
    ['mse', [3, 2], 'mean_with_sample_weight', null, 0.006944],
    ['mse', [3, 2], 'mean_with_sample_weight', [2, 0.5, 1], 0.005456],
    ['mse', [3, 2], 'mean', [2, 0.5, 1], 0.006366],
    ['mse', [3, 2], 'sum_over_batch_size', [2, 0.5, 1], 0.006366],
    ['binary_crossentropy', [3, 2], 'sum', null, 1.019451],
    ['binary_crossentropy', [3, 2], 'sum', [2, 0.5, 1], 1.221337],
    ['binary_crossentropy', [3, 2], 'mean_with_sample_weight', [2, 0.5, 1], 0.348953],
    ['mse', [2, 3, 2], 'sum', null, 0.708333],
    ['mse', [2, 3, 2], 'sum', [2, 0.5], 0.385417],
    ['mse', [2, 3, 2], 'mean_with_sample_weight', null, 0.118056],
    ['mse', [2, 3, 2], 'mean_with_sample_weight', [2, 0.5], 0.154167],
    ['binary_crossentropy', [2, 3, 2], 'sum', [2, 0.5], 7.774248],
    ['binary_crossentropy', [2, 3, 2], 'mean_with_sample_weight', [2, 0.5], 3.109699],
  ])('%s of %j, %s, weights %j', (name, shape, reduction, weights, expected) => {
    const loss = lossByName(name, reduction === undefined ? {} : { reduction });
    const [y, output] = [ramp(shape, 7, 5), ramp(shape, 3, 7)];
    const weight = weights === null ? null : tf.tensor1d(weights);
    expect(batchLoss(loss, { y, output, raw: null, weight }, null).dataSync()[0]).toBeCloseTo(expected, 5);
  });

  /** By Keras 3.15.1, with `loss_weights=2.0` and `weighted_metrics=['mae']`. */
  it('is multiplied by its weight, penalties are not', async () => {
    const kernel = {
      kernelInitializer: initializers.constant({ value: 0.5 }),
      kernelRegularizer: regularizers.l2({ l2: 0.1 }),
    };
    const learner = createLearner({
      model: sequential({ layers: [layers.dense({ units: 1, inputShape: [2], ...kernel })] }),
      optimizer: sgd(),
      loss: savedLoss('mse', [2]),
      metrics: ['mae'],
      weightedMetrics: ['mae'],
    });
    const batch = {
      kind: 'values',
      x: { data: Float32Array.of(1, 2, 3, 4, 0, 1), shape: [3, 2] },
      y: { data: Float32Array.of(1, 2, 3), shape: [3, 1] },
      sampleWeight: Float32Array.of(1, 2, 0.5),
      size: 3,
      epoch: 0,
      cursor: { epoch: 0, position: 3 },
      seed: 1,
    } as const;
    const { loss } = await learner.step(batch, { learningRate: 0.1, iterations: 0 });
    expect(loss).toBeCloseTo(5.3, 5);
    const { loss: next, statistics } = await learner.evaluate(batch);
    expect(next).toBeCloseTo(124.97527, 3);
    const [, mae, weightedMae] = learner.metrics.map(({ result }, i) => result(statistics.slice(2 * i, 2 * i + 2)));
    expect(mae).toBeCloseTo(5.847778, 5);
    expect(weightedMae).toBeCloseTo(6.940477, 5);
    await learner.dispose();
  });

  /** By `keras.losses` of Keras 3.15.1; the mask as a sequence's prediction has it. */
  describe('of a sparse cross-entropy that ignores class 2', () => {
    const rows = [
      [0.7, 0.2, 0.1],
      [0.1, 0.6, 0.3],
      [0.3, 0.2, 0.5],
      [0.2, 0.5, 0.3],
    ];
    const examples = { y: tf.tensor1d([0, 2, 2, 1], 'int32'), output: tf.tensor2d(rows), raw: null };
    const labels = [
      [0, 2, 2, 1],
      [1, 1, 2, 0],
    ];
    const sequences = {
      y: tf.tensor2d(labels, [2, 4], 'int32'),
      output: tf.tensor3d([rows, rows.toReversed()]),
      raw: null,
      weight: null,
    };
    const mask = tf.tensor2d([1, 1, 0, 1, 1, 0, 1, 1], [2, 4], 'bool');
    const lossOf = (reduction: NonNullable<LossOptions['reduction']>) =>
      lossByName('sparse_categorical_crossentropy', { ignoreClass: 2, reduction });

    it.each([
      ['sum_over_batch_size', 0.524911, 0.178337, 0.741816, 0.524911],
      ['sum', 1.049822, 0.356675, 3.709082, 2.099644],
      ['mean_with_sample_weight', 0.524911, 0.356675, 0.741816, 0.524911],
    ] as const)('by %s', (reduction, plain, weighted, ofSteps, ofShownSteps) => {
      const loss = lossOf(reduction);
      const weight = tf.tensor1d([1, 2, 0.5, 0]);
      const found = [
        batchLoss(loss, { ...examples, weight: null }, null),
        batchLoss(loss, { ...examples, weight }, null),
        batchLoss(loss, sequences, null),
        batchLoss(loss, sequences, mask),
      ];
      for (const [i, expected] of [plain, weighted, ofSteps, ofShownSteps].entries()) {
        expect(found[i].dataSync()[0]).toBeCloseTo(expected, 5);
      }
    });
  });

  it('is 0 where all weights are, with a gradient of 0', () => {
    const loss = lossByName('mse', { reduction: 'mean_with_sample_weight' });
    const y = tf.zeros([2, 1]);
    const { value, grad } = tf.valueAndGrad(output =>
      batchLoss(loss, { y, output, raw: null, weight: tf.zeros([2]) }, null),
    )(tf.tensor2d([1, 2], [2, 1]));
    expect([...value.dataSync(), ...grad.dataSync()]).toEqual([0, 0, 0]);
  });

  it('sums over the steps that no mask hides', () => {
    const loss = lossByName('mse', { reduction: 'sum' });
    const [y, output] = [tf.zeros([2, 3, 1]), tf.tensor3d([1, 2, 3, 4, 5, 6], [2, 3, 1])];
    const mask = tf.tensor2d([1, 0, 1, 0, 0, 1], [2, 3], 'bool');
    const all = { y, output, raw: null, weight: tf.tensor1d([1, 0.5]) };
    expect(batchLoss(loss, all, mask).dataSync()[0]).toBeCloseTo(1 + 9 + 0.5 * 36, 4);
  });

  it('of one value for all examples is that, however it is reduced', () => {
    const dice = lossByName('dice', { reduction: 'sum' });
    const all = { y: tf.ones([3, 2]), output: tf.fill([3, 2], 0.5), raw: null, weight: null };
    const [summed, plain] = [dice, lossByName('dice')].map(loss => batchLoss(loss, all, null).dataSync()[0]);
    expect(summed).toBe(plain);
  });
});

/** As `fit` of Keras 3.15.1, with `MeanSquaredError(reduction='sum')`, `SGD(0.01)` and batches of 2, not shuffled. */
it('an epoch of sums', async () => {
  const model = sequential({ layers: [layers.dense({ units: 2, inputShape: [2], kernelInitializer: 'ones' })] });
  const loss = lossByName('mse', { reduction: 'sum' });
  const learner = createLearner({ model, optimizer: sgd({ learningRate: 0.01 }), loss, compile: false });
  const [x, weights] = [Float32Array.from({ length: 10 }, (_, i) => i / 10), [1, 2, 3, 1, 1]];
  const statistics = [0, 0];
  for (let first = 0; first < 5; first += 2) {
    const size = Math.min(2, 5 - first);
    const result = await learner.step(
      {
        kind: 'values',
        x: { data: x.slice(2 * first, 2 * (first + size)), shape: [size, 2] },
        y: { data: new Float32Array(2 * size).fill(1), shape: [size, 2] },
        sampleWeight: Float32Array.from(weights.slice(first, first + size)),
        epoch: 0,
        size,
        seed: 0,
        cursor: { epoch: 0, position: first + size },
      },
      { learningRate: 0.01, iterations: first / 2 },
    );
    result.statistics.forEach((value, i) => {
      statistics[i] += value;
    });
  }
  expect(statistics[0] / statistics[1]).toBeCloseTo(0.6771595478, 6);
  const { weights: trained } = await learner.state();
  const [kernel, bias] = trained.map(({ data }) => [...data]);
  const expected = [0.9952297, 0.9952297, 0.9963203, 0.9963203];
  kernel.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i], 6);
  });
  expect(bias[0]).toBeCloseTo(0.01090369, 7);
  await learner.dispose();
});
