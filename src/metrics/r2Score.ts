import * as tf from '@tensorflow/tfjs-core';
import { denseLabels } from './labelForms.js';
import type { Metric } from './metric.js';

export interface R2ScoreOptions {
  readonly name?: string;
  /** Number of the model's outputs. */
  readonly classes: number;
  /** How the outputs' scores become one. Default: their mean. */
  readonly classAggregation?: 'uniform_average' | 'variance_weighted_average';
  /** Number of independent regressors: the score is adjusted for them. Default 0: it isn't. */
  readonly numRegressors?: number;
}

const { fround } = Math;

/** Coefficient of determination. Source: `R2Score` of Keras 3 (`regression_metrics.py`). */
export function r2Score(options: R2ScoreOptions): Metric {
  const { name = 'r2_score', classes, classAggregation, numRegressors = 0 } = options;
  return {
    name,
    direction: 'max',
    size: 3 * classes + 2,
    // Of each output: sum of the labels, of their squares, of the squared errors. Then the weight of the examples, and
    // the number of labels.
    statistics: (yTrue, yPred, sampleWeight) => {
      const y = denseLabels(yTrue, yPred);
      const columns = tf.concat([y, tf.square(y), tf.squaredDifference(y, yPred)], -1);
      const counted = sampleWeight === null ? columns : tf.mul(columns, tf.expandDims(sampleWeight, 1));
      const count = sampleWeight === null ? tf.scalar(yPred.shape[0]) : tf.sum(sampleWeight);
      return tf.concat1d([tf.sum(counted, 0) as tf.Tensor1D, tf.reshape(count, [1]), tf.tensor1d([yPred.size])]);
    },
    result: sums => {
      const count = sums[3 * classes];
      const outputs = Array.from({ length: classes }, (_, i) => {
        const [sum, squares, residual] = [sums[i], sums[classes + i], sums[2 * classes + i]];
        // In float32, as the sums are: of a single example it is exactly 0.
        const variance = fround(fround(squares) - fround(fround(sum) * fround(sum / count)));
        const score = 1 - residual / variance;
        return { variance, score: Math.abs(score) === Number.POSITIVE_INFINITY ? 0 : score };
      });
      const weight = (variance: number): number => (classAggregation === 'variance_weighted_average' ? variance : 1);
      const [total, weights] = outputs.reduce(
        ([total, weights], { variance, score }) => [total + weight(variance) * score, weights + weight(variance)],
        [0, 0],
      );
      const plain = total / weights;
      const freedom = sums[3 * classes + 1] - numRegressors - 1;
      // With too few labels Keras warns and leaves the score as it is.
      if (numRegressors === 0 || freedom <= 0) return plain;
      return 1 - ((1 - plain) * (sums[3 * classes + 1] - 1)) / freedom;
    },
  };
}
