import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { lossByName } from '../../../src/loss/lossByName.js';
import { metricByName } from '../../../src/metrics/metricByName.js';
import { metricFromConfig } from '../../../src/metrics/metricFromConfig.js';

type Rows = readonly (readonly number[])[];

const predicted: Rows = [
  [0.7, 0.2, 0.1],
  [0.3, 0.6, 0.1],
  [0.5, 0.3, 0.2],
  [0.5, 0.4, 0.1],
];

const data: Readonly<Record<string, { readonly y: Rows | readonly number[]; readonly p: Rows }>> = {
  multi: {
    y: [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
      [0, 1, 0],
    ],
    p: predicted,
  },
  classes: { y: [0, 1, 2, 1], p: predicted },
  binary: { y: [[0], [0], [1], [1]], p: [[0.1], [0.4], [0.35], [0.8]] },
  regression: {
    y: [
      [1, 2, 4],
      [2, 4, 1],
      [3, 9, 5],
      [0, 1, 7],
    ],
    p: [
      [1, 3, 3],
      [2, 5, 2],
      [4, 8, 6],
      [1, 1, 5],
    ],
  },
  // Logits that are taken for probabilities.
  beyond: { y: [[0], [1], [0], [1]], p: [[-1], [-0.5], [2], [1.5]] },
  // Class 5 is out of range.
  sparse: { y: [[0], [2], [1], [5]], p: [[0], [1], [1], [1]] },
};
const weights = [1, 2, 3, 4];

/**
 * Of Keras 3.15.1, without and with the weights:
 *
 *     m = getattr(keras.metrics, name)(**parameters); m.update_state(y, p); m.result()
 *     m = getattr(keras.metrics, name)(**parameters); m.update_state(y, p, sample_weight=weights); m.result()
 */
const values: [data: string, name: string, parameters: Record<string, unknown>, plain: number, weighted: number][] = [
  ['multi', 'SensitivityAtSpecificity', { specificity: 0.5 }, 0.75, 0.7],
  ['beyond', 'SensitivityAtSpecificity', { specificity: 0.3 }, 0.5, 0.0],
  ['beyond', 'SpecificityAtSensitivity', { sensitivity: 0.4 }, 0.5, 0.25],
  ['beyond', 'PrecisionAtRecall', { recall: 0.9 }, 0.0, 0.0],
  ['beyond', 'RecallAtPrecision', { precision: 0.5, num_thresholds: 1 }, 0.5, 0.6666667],
  ['beyond', 'AUC', {}, 0.5, 0.4583333],
  ['beyond', 'AUC', { curve: 'PR' }, 0.5, 0.5767542],
  ['beyond', 'AUC', { num_thresholds: 2 }, 0.5, 0.5],
  ['beyond', 'AUC', { thresholds: [0.2, 0.9] }, 0.0, 0.0],
  ['beyond', 'AUC', { thresholds: [0.5] }, 0.5, 0.4583333],
  ['multi', 'SensitivityAtSpecificity', { specificity: 0.9, num_thresholds: 11 }, 0.5, 0.3],
  ['multi', 'SpecificityAtSensitivity', { sensitivity: 0.7 }, 0.75, 0.65],
  ['multi', 'PrecisionAtRecall', { recall: 0.6 }, 0.6, 0.5],
  ['multi', 'RecallAtPrecision', { precision: 0.6 }, 0.75, 0.3],
  ['multi', 'RecallAtPrecision', { precision: 0.5, class_id: 1 }, 1.0, 1.0],
  ['binary', 'PrecisionAtRecall', { recall: 0.5, num_thresholds: 1 }, 1.0, 1.0],
  ['binary', 'SensitivityAtSpecificity', { specificity: 0.5 }, 1.0, 0.5714286],
  ['multi', 'Precision', { top_k: 2 }, 0.375, 0.35],
  ['multi', 'Recall', { top_k: 2, class_id: 1 }, 1.0, 1.0],
  ['multi', 'Precision', { top_k: 2, thresholds: 0.35 }, 0.6, 0.5],
  ['multi', 'AUC', { multi_label: true }, 1.0, 1.0],
  ['multi', 'AUC', { multi_label: true, label_weights: [0.5, 2, 1], curve: 'PR' }, 1.0, 1.0],
  ['multi', 'AUC', { label_weights: [0.5, 2, 1] }, 0.8609626, 0.7932176],
  ['multi', 'AUC', { curve: 'PRGAIN' }, 0.7534722, 0.1837585],
  ['binary', 'AUC', { curve: 'PRGAIN', summation_method: 'minoring' }, 0.0, -0.1666666],
  ['multi', 'AUC', { thresholds: [0.55, 0.15, 0.35] }, 0.859375, 0.78],
  ['binary', 'AUC', { from_logits: true }, 0.75, 0.7142857],
  ['multi', 'OneHotIoU', { num_classes: 3, target_class_ids: [0, 1] }, 0.4166667, 0.2291667],
  ['multi', 'OneHotMeanIoU', { num_classes: 3 }, 0.2777778, 0.1527778],
  ['multi', 'OneHotMeanIoU', { num_classes: 3, ignore_class: 2 }, 0.5, 0.2666667],
  ['classes', 'MeanIoU', { num_classes: 3, sparse_y_pred: false }, 0.2777778, 0.1527778],
  ['sparse', 'IoU', { num_classes: 3, target_class_ids: [1, 2] }, 0.25, 0.3],
  ['sparse', 'MeanIoU', { num_classes: 4 }, 0.5, 0.5333333],
  ['binary', 'BinaryIoU', {}, 0.5833334, 0.5357143],
  ['binary', 'BinaryIoU', { target_class_ids: [1], threshold: 0.38 }, 0.3333333, 0.4444444],
  ['regression', 'PearsonCorrelation', {}, 0.9185153, 0.9556655],
  ['regression', 'ConcordanceCorrelation', {}, 0.8308611, 0.8556404],
  ['regression', 'R2Score', { num_regressors: 2 }, 0.6527746, 0.6215403],
  [
    'regression',
    'R2Score',
    { class_aggregation: 'variance_weighted_average', num_regressors: 3 },
    0.7327935,
    0.7329358,
  ],
  ['regression', 'Accuracy', {}, 0.25, 0.2333333],
  ['regression', 'LogCoshError', {}, 0.3996041, 0.4513949],
  ['regression', 'RootMeanSquaredError', {}, 1.0, 1.080123],
  ['regression', 'MeanSquaredLogarithmicError', {}, 0.0815056, 0.1011555],
  ['regression', 'CosineSimilarity', {}, 0.9764166, 0.9806757],
  ['multi', 'Hinge', {}, 1.016667, 1.06],
  ['multi', 'SquaredHinge', {}, 1.183333, 1.262667],
  ['multi', 'CategoricalHinge', {}, 0.9, 1.02],
  ['multi', 'KLDivergence', {}, 0.8483045, 0.9871774],
  ['multi', 'Poisson', {}, 0.6161023, 0.6623934],
  ['multi', 'F1Score', { average: 'weighted' }, 0.4583333, 0.3222222],
  ['multi', 'F1Score', { average: 'macro', threshold: 0.45 }, 0.3888888, 0.2407407],
];

const context = (p: Rows) => ({ loss: lossByName('mse'), outputShape: [p[0].length] });

function statistics(
  name: string,
  parameters: Record<string, unknown>,
  of: string,
  from: number,
  to: number,
  w: boolean,
) {
  const { y, p } = data[of];
  const metric = metricFromConfig(name, parameters, context(p));
  const sums = tf.tidy(() => {
    const labels = tf.tensor(y.slice(from, to) as number[][]);
    const weight = w ? tf.tensor1d(weights.slice(from, to)) : null;
    return metric.statistics(labels, tf.tensor(p.slice(from, to) as number[][]), weight).dataSync() as Float32Array;
  });
  return { metric, sums: Float64Array.from(sums) };
}

beforeAll(() => tf.setBackend('cpu'));

describe('metrics', () => {
  it.each(values)('%s: %s %j is as in Keras', (of, name, parameters, plain, weighted) => {
    for (const [w, expected] of [
      [false, plain],
      [true, weighted],
    ] as const) {
      const { metric, sums } = statistics(name, parameters, of, 0, 4, w);
      expect(sums).toHaveLength(metric.size);
      expect(metric.result(sums)).toBeCloseTo(expected, 5);
      const [first, rest] = [
        statistics(name, parameters, of, 0, 1, w).sums,
        statistics(name, parameters, of, 1, 4, w).sums,
      ];
      expect(metric.result(first.map((sum, i) => sum + rest[i]))).toBeCloseTo(expected, 5);
    }
  });

  it("have Keras's names", () => {
    const names = values.map(([of, name, parameters]) => metricFromConfig(name, parameters, context(data[of].p)).name);
    expect(new Set(names)).toEqual(
      new Set([
        'accuracy',
        'auc',
        'binary_io_u',
        'categorical_hinge',
        'concordance_correlation',
        'cosine_similarity',
        'f1_score',
        'hinge',
        'io_u',
        'kl_divergence',
        'logcosh',
        'mean_io_u',
        'mean_squared_logarithmic_error',
        'one_hot_io_u',
        'one_hot_mean_io_u',
        'pearson_correlation',
        'poisson',
        'precision',
        'precision_at_recall',
        'r2_score',
        'recall',
        'recall_at_precision',
        'root_mean_squared_error',
        'sensitivity_at_specificity',
        'specificity_at_sensitivity',
        'squared_hinge',
      ]),
    );
  });

  it('count each pixel by the weight of its picture', () => {
    const metric = metricByName('OneHotMeanIoU', { numClasses: 2 }, { ...context(predicted), outputShape: [2, 2] });
    const y = tf.tensor3d([
      [
        [1, 0],
        [0, 1],
      ],
      [
        [1, 0],
        [1, 0],
      ],
    ]);
    const p = tf.tensor3d([
      [
        [0.9, 0.1],
        [0.2, 0.8],
      ],
      [
        [0.3, 0.7],
        [0.6, 0.4],
      ],
    ]);
    const sums = Float64Array.from(metric.statistics(y, p, tf.tensor1d([1, 3])).dataSync());
    // By label and prediction: 1 + 3 right and 3 wrong of class 0, 1 right of class 1.
    expect(Array.from(sums)).toEqual([4, 3, 0, 1]);
    expect(metric.result(sums)).toBeCloseTo((4 / 7 + 1 / 4) / 2, 5);
  });

  it.each<[name: string, options: Record<string, unknown>, message: RegExp]>([
    ['SensitivityAtSpecificity', {}, /sensitivity_at_specificity needs specificity/],
    ['PrecisionAtRecall', { recall: 2 }, /recall of precision_at_recall is 2.*0 to 1/],
    ['RecallAtPrecision', { precision: 0.5, numThresholds: 0 }, /numThresholds.*from 1 on/],
    ['IoU', { numClasses: 3 }, /io_u needs targetClassIds/],
    ['IoU', { numClasses: 3, targetClassIds: [3] }, /targetClassIds of io_u has 3.*0 to 2/],
  ])('%s refuses %j', (name, options, message) => {
    expect(() => metricByName(name, options, context(predicted))).toThrow(message);
  });
});
