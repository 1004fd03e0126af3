import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { lossByName } from '../../../src/loss/lossByName.js';
import { Accumulator } from '../../../src/metrics/accumulator.js';
import { type ConfusionMatrix, confusionMatrix } from '../../../src/metrics/confusionMatrix.js';
import { f1Score, fBetaScore } from '../../../src/metrics/fBetaScore.js';
import { iou, meanIoU, oneHotIoU, oneHotMeanIoU } from '../../../src/metrics/intersectionOverUnion.js';
import type { Metric } from '../../../src/metrics/metric.js';
import { type MetricContext, type MetricOptions, metricByName } from '../../../src/metrics/metricByName.js';
import { metricFromConfig } from '../../../src/metrics/metricFromConfig.js';
import { type MetricLike, resolveMetrics } from '../../../src/metrics/resolveMetrics.js';

const oneHot = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
  [0, 1, 0],
];
const classes = [0, 1, 2, 1];
const predicted = [
  [0.7, 0.2, 0.1],
  [0.3, 0.6, 0.1],
  [0.5, 0.3, 0.2],
  [0.5, 0.4, 0.1],
];
const binary = [[0], [0], [1], [1]];
const probability = [[0.1], [0.4], [0.35], [0.8]];
const weights = [1, 2, 3, 4];

const context = { loss: lossByName('categorical_crossentropy'), outputShape: [3] };
const column = { loss: lossByName('binary_crossentropy'), outputShape: [1] };

function value(metric: Metric, y: number[] | number[][], p: number[][], w: number[] | null = null): number {
  return metric.result(statistics(metric, y, p, w));
}

function statistics(metric: Metric, y: number[] | number[][], p: number[][], w: number[] | null): Float64Array {
  const labels = Array.isArray(y[0]) ? tf.tensor(y as number[][]) : tf.tensor1d(y as number[], 'int32');
  return Float64Array.from(
    tf.tidy(() => metric.statistics(labels, tf.tensor(p), w === null ? null : tf.tensor1d(w)).dataSync()),
  );
}

/** Worked out by hand, unless the row says otherwise. Log losses of the rows: 0.356675, 0.510826, 1.609438, 0.916291. */
const multi: [name: string, options: MetricOptions, plain: number, weighted: number][] = [
  ['accuracy', {}, 2 / 4, 3 / 10],
  ['categorical_accuracy', {}, 2 / 4, 3 / 10],
  ['sparse_categorical_accuracy', {}, 2 / 4, 3 / 10],
  ['top_k_categorical_accuracy', { k: 2 }, 3 / 4, 7 / 10],
  ['sparse_top_k_categorical_accuracy', { k: 2 }, 3 / 4, 7 / 10],
  ['binary_accuracy', { threshold: 0.45 }, 8 / 12, (1 + 2 + 3 * (1 / 3) + 4 * (1 / 3)) / 10],
  ['crossentropy', {}, 0.8483073, 0.9871813],
  ['categorical_crossentropy', {}, 0.8483073, 0.9871813],
  ['sparse_categorical_crossentropy', {}, 0.8483073, 0.9871813],
  ['mean_absolute_error', {}, (0.6 + 0.8 + 1.6 + 1.2) / 12, (0.6 + 1.6 + 4.8 + 4.8) / 30],
  ['mse', {}, (0.14 + 0.26 + 0.98 + 0.62) / 12, (0.14 + 0.52 + 2.94 + 2.48) / 30],
  ['root_mean_squared_error', {}, Math.sqrt(2 / 12), Math.sqrt(6.08 / 30)],
  ['precision', { thresholds: 0.45 }, 2 / 4, 3 / 10],
  ['recall', { thresholds: 0.45 }, 2 / 4, 3 / 10],
  ['true_positives', { thresholds: 0.45 }, 2, 3],
  ['false_positives', { thresholds: 0.45 }, 2, 7],
  ['false_negatives', { thresholds: 0.45 }, 2, 7],
  ['true_negatives', { thresholds: 0.45 }, 6, 13],
  ['recall', { thresholds: 0.35, classId: 1 }, 2 / 2, 6 / 6],
  // Of the classes: precision 1/3, 1, 0 and recall 1, 1/2, 0.
  ['f1_score', {}, (1 / 2 + 2 / 3) / 3, (2 / 9 + 1 / 2) / 3],
  ['f1_score', { average: 'micro' }, 1 / 2, 3 / 10],
  ['fbeta_score', { beta: 2 }, (5 / 7 + 5 / 9) / 3, (5 / 12 + 5 / 13) / 3],
  ['confusion_matrix', {}, 2 / 4, 3 / 10],
];

beforeAll(() => tf.setBackend('cpu'));

const resolve = (metrics: readonly MetricLike[], where: MetricContext): readonly Metric[] =>
  resolveMetrics({ metrics, weightedMetrics: [] }, where).metrics;

describe('metrics', () => {
  it.each(multi)('%s %j is as worked out by hand', (name, options, plain, weighted) => {
    const metric = metricByName(name, options, context);
    expect(value(metric, oneHot, predicted)).toBeCloseTo(plain, 5);
    expect(value(metric, classes, predicted)).toBeCloseTo(plain, 5);
    expect(value(metric, oneHot, predicted, weights)).toBeCloseTo(weighted, 5);
  });

  it.each(multi)('%s %j adds up over batches', (name, options) => {
    const metric = metricByName(name, options, context);
    const whole = statistics(metric, oneHot, predicted, weights);
    const first = statistics(metric, oneHot.slice(0, 1), predicted.slice(0, 1), weights.slice(0, 1));
    const second = statistics(metric, oneHot.slice(1), predicted.slice(1), weights.slice(1));
    expect(whole).toHaveLength(metric.size);
    for (let i = 0; i < metric.size; i++) expect(first[i] + second[i]).toBeCloseTo(whole[i], 5);
  });

  it("gives Keras's areas under the curves of four predictions", () => {
    // Keras's documentation has 0.75 for these; scikit-learn too.
    expect(value(metricByName('AUC', {}, column), binary, probability)).toBeCloseTo(0.75, 6);
    const pr = metricByName('AUC', { curve: 'PR' }, column);
    // (1/4)·… by the closed formula: slope 1 up to 0.5, then 1/2 interpolated between 1 and 3 positives.
    expect(value(pr, binary, probability)).toBeCloseTo(
      0.5 + 0.5 * (0.5 * 0 + 1 * (1 + (1 - 1 * 2) * Math.log(3 / 2))),
      5,
    );
  });

  it('explains variance as R2 does', () => {
    const r2 = metricByName('r2_score', {}, { ...column, outputShape: [2] });
    const y = [
      [1, 2],
      [2, 4],
      [3, 9],
    ];
    const p = [
      [1, 2],
      [2, 5],
      [4, 8],
    ];
    // Residuals 1 and 2; variances 2 and 26.
    expect(value(r2, y, p)).toBeCloseTo((1 - 1 / 2 + (1 - 2 / 26)) / 2, 6);
  });

  it('has no R² of a single example, as Keras', () => {
    const score = (options: Record<string, unknown>): number =>
      value(metricByName('r2_score', options, { ...column, outputShape: [2] }), [[0.1, 1 / 3]], [[0.7, -2]]);
    expect(score({})).toBe(0);
    expect(score({ classAggregation: 'variance_weighted_average' })).toBeNaN();
  });

  it('takes the direction of a vector alone in cosine similarity', () => {
    const metric = metricByName('CosineSimilarity', {}, context);
    expect(value(metric, [[1, 1, 0]], [[5, 0, 0]])).toBeCloseTo(Math.SQRT1_2, 6);
    expect(metric.direction).toBe('max');
  });

  it('shows which class is taken for which', () => {
    const metric: ConfusionMatrix = confusionMatrix({ classes: 3 });
    expect(metric.matrix(statistics(metric, classes, predicted, null))).toEqual([
      [1, 0, 0],
      [1, 1, 0],
      [1, 0, 0],
    ]);
  });

  it.each([
    ['binary', column, binary, probability, 3 / 4],
    ['categorical', context, oneHot, predicted, 2 / 4],
    ['sparse', { ...context, loss: lossByName('sparse_categorical_crossentropy') }, classes, predicted, 2 / 4],
  ])('accuracy is %s where model and loss are', (_, where, y, p, expected) => {
    const [metric] = resolve(['acc'], where);
    expect(metric.name).toBe('acc');
    expect(value(metric, y, p)).toBeCloseTo(expected, 6);
  });

  it("numbers names that come twice, and reads Keras's options", () => {
    const top = metricFromConfig('TopKCategoricalAccuracy', { k: 1 }, context);
    const names = resolve(['AUC', 'AUC', 'mse', top], context).map(({ name }) => name);
    expect(names).toEqual(['AUC', 'AUC_1', 'mse', 'top_k_categorical_accuracy']);
    expect(value(top, oneHot, predicted)).toBeCloseTo(2 / 4, 6);
  });

  it.each(Object.entries({ f1Score, fBetaScore, iou, meanIoU, oneHotIoU, oneHotMeanIoU }))(
    '%s takes undefined for what is not given',
    (_, metric) => {
      const needed = { classes: 3, numClasses: 3, targetClassIds: [0, 1] };
      const none: object = { name: undefined, sparseYPred: undefined };
      const given = metric({ ...needed, ...none });
      expect(given.name).toBe(metric(needed).name);
      const predictions =
        given.name.startsWith('one_hot') || given.name.startsWith('f') ? predicted : classes.map(number => [number]);
      expect(statistics(given, classes, predictions, weights)).toEqual(
        statistics(metric(needed), classes, predictions, weights),
      );
    },
  );

  it('calls a weighted metric so where a plain one has its name', () => {
    const named = metricFromConfig('Precision', { name: 'mine' }, context);
    const precision = metricFromConfig('Precision', {}, context);
    const resolved = resolveMetrics(
      {
        metrics: ['accuracy', precision, named],
        weightedMetrics: ['accuracy', 'accuracy', 'mse', precision, named],
      },
      context,
    );
    expect(resolved.weightedMetrics.map(({ name }) => name)).toEqual([
      ...['weighted_accuracy', 'weighted_accuracy_1', 'mse', 'precision_1', 'weighted_mine'],
    ]);
  });

  it('leaves the name loss to the loss', () => {
    const loss = (_: tf.Tensor, p: tf.Tensor): tf.Tensor => tf.max(p, -1);
    expect(resolve([loss], context).map(({ name }) => name)).toEqual(['loss_1']);
  });

  it('takes the mean of a function', () => {
    const largest = (_: tf.Tensor, p: tf.Tensor): tf.Tensor => tf.max(p, -1);
    const [metric] = resolve([largest], context);
    expect(metric).toMatchObject({ name: 'largest', direction: null });
    expect(value(metric, oneHot, predicted)).toBeCloseTo((0.7 + 0.6 + 0.5 + 0.5) / 4, 6);
  });

  it('are no losses that need the whole batch', () => {
    for (const name of ['dice', 'tversky', 'circle']) expect(() => resolve([name], context)).toThrow(/Known: /);
  });

  it('suggests the nearest name', () => {
    expect(() => resolve(['acuracy'], context)).toThrow(/Did you mean 'accuracy'/);
  });

  it('tests every metric that has a file', async () => {
    const files = await readdir(fileURLToPath(new URL('../../../src/metrics', import.meta.url)));
    const tested = (
      'accuracy auc confusionCounts confusionMatrix constrainedScores correlation fBetaScore ' +
      'intersectionOverUnion meanMetric r2Score'
    ).split(' ');
    const machinery =
      'accumulator classPairs countsAbove direction labelForms lossMetric metric metricByName metricFromConfig resolveMetrics'.split(
        ' ',
      );
    expect(files.map(file => file.replace('.ts', '')).sort()).toEqual([...tested, ...machinery].sort());
  });
});

describe('Accumulator', () => {
  const metrics = [
    { name: 'loss', direction: 'min', size: 2, result: ([sum, count]: Float64Array) => sum / count },
    { name: 'hits', direction: 'max', size: 1, result: ([count]: Float64Array) => count },
  ] as const;
  const result = (...numbers: number[]) => ({ size: 2, loss: 0, statistics: Float64Array.from(numbers) });

  it('sums statistics, and goes on from a state', () => {
    const first = new Accumulator(metrics);
    first.add(result(3, 2, 1));
    const second = new Accumulator(metrics, first.state());
    second.add(result(5, 2, 2));
    expect(second.logs()).toEqual({ loss: 2, hits: 3 });
    second.reset();
    expect(second.state()).toEqual([0, 0, 0]);
  });
});

it('counts an ignored class among the examples of a cross-entropy, with a loss of 0, as Keras does', () => {
  const metric = metricFromConfig(
    'SparseCategoricalCrossentropy',
    { ignore_class: 1 },
    { loss: lossByName('sparse_categorical_crossentropy'), outputShape: [3] },
  );
  const sums = metric.statistics(tf.tensor1d(classes, 'int32'), tf.tensor2d(predicted), null).dataSync();
  expect(metric.result(Float64Array.from(sums))).toBeCloseTo((-Math.log(0.7) - Math.log(0.2)) / 4, 5);
});

it('takes an ignored class out of the mean of a cross-entropy where there are weights, and of the steps of sequences', () => {
  const rows = [
    [0.7, 0.2, 0.1],
    [0.1, 0.6, 0.3],
    [0.3, 0.2, 0.5],
    [0.2, 0.5, 0.3],
  ];
  const metric = metricFromConfig(
    'SparseCategoricalCrossentropy',
    { ignore_class: 2 },
    { loss: lossByName('sparse_categorical_crossentropy'), outputShape: [3] },
  );
  const found = (y: tf.Tensor, p: tf.Tensor, weight: tf.Tensor1D | null): number =>
    metric.result(Float64Array.from(metric.statistics(y, p, weight).dataSync()));
  const [y, p] = [tf.tensor1d([0, 2, 2, 1], 'int32'), tf.tensor2d(rows)];
  // By Keras 3.15.1.
  expect(found(y, p, null)).toBeCloseTo(0.262456, 5);
  expect(found(y, p, tf.tensor1d([1, 2, 0.5, 0]))).toBeCloseTo(0.356675, 5);
  const labels = [
    [0, 2, 2, 1],
    [1, 1, 2, 0],
  ];
  expect(found(tf.tensor2d(labels, [2, 4], 'int32'), tf.tensor3d([rows, rows.toReversed()]), null)).toBeCloseTo(
    0.463635,
    5,
  );
});

it('refuses a correlation along another axis than the last one', () => {
  const context = { loss: lossByName('mse'), outputShape: [3] };
  expect(() => metricByName('PearsonCorrelation', { axis: 0 }, context)).toThrow(/axis of pearson_correlation is 0/);
  expect(() => metricByName('ConcordanceCorrelation', { axis: -1 }, context)).not.toThrow();
});

it.each([
  [{ numThresholds: 1 }, 'numThresholds of auc is 1; give a whole number from 2 on'],
  [{ numThresholds: 2.5 }, 'numThresholds of auc is 2.5'],
])('refuses an area under a curve of %o', (options, message) => {
  expect(() => metricByName('auc', options, column)).toThrow(message);
});

it('looks for the class among the first five where it is not told how many', () => {
  const metric = metricByName('top_k_categorical_accuracy', {}, { ...context, outputShape: [8] });
  const ranked = Array.from({ length: 8 }, () => [0.3, 0.2, 0.15, 0.12, 0.1, 0.07, 0.04, 0.02]);
  expect(value(metric, [0, 1, 2, 3, 4, 5, 6, 7], ranked)).toBe(5 / 8);
});

it.each(['accuracy', 'precision', 'recall', 'auc', 'confusion_matrix', 'f1_score', 'binary_io_u'])(
  '%s of nothing is 0',
  name => {
    const metric = metricByName(name, {}, context);
    expect(metric.result(new Float64Array(metric.size))).toBe(0);
  },
);

it('refuses a class that an intersection over union does not have', () => {
  expect(() => metricByName('BinaryIoU', { targetClassIds: [2] }, column)).toThrow(
    'has 2; there are the classes 0 to 1',
  );
});
