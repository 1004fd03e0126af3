import * as tf from '@tensorflow/tfjs-core';
import { denseLabels } from './labelForms.js';
import type { Metric } from './metric.js';

export interface F1ScoreOptions {
  readonly name?: string;
  /** Number of the model's outputs. */
  readonly classes: number;
  /**
   * How the classes' scores become one: their mean (`macro`, the default), by their labels (`weighted`), or from the counts
   * of all classes together (`micro`). Keras's default gives a list; here it is its mean.
   */
  readonly average?: 'micro' | 'macro' | 'weighted' | null;
  /** Predictions above it are positive. Default: the largest of each row. */
  readonly threshold?: number | null;
}

export interface FBetaScoreOptions extends F1ScoreOptions {
  /** How much more recall counts than precision. Default 1. */
  readonly beta?: number;
}

/** Harmonic mean of precision and recall. Source: `f_score_metrics.py` of Keras 3. */
export const f1Score = ({ name = 'f1_score', ...options }: F1ScoreOptions): Metric => fBetaScore({ ...options, name });

/** Weighted harmonic mean of precision and recall. Source: `f_score_metrics.py` of Keras 3. */
export function fBetaScore(options: FBetaScoreOptions): Metric {
  const { name = 'fbeta_score', classes, threshold, beta = 1 } = options;
  const average = options.average ?? 'macro';
  const epsilon = 1e-7;
  const score = (tp: number, predicted: number, labelled: number): number => {
    const precision = tp / (predicted + epsilon);
    const recall = tp / (labelled + epsilon);
    return ((1 + beta ** 2) * precision * recall) / (beta ** 2 * precision + recall + epsilon);
  };
  return {
    name,
    direction: 'max',
    size: 3 * classes,
    // Of each class: both true and predicted; predicted; true.
    statistics: (yTrue, yPred, sampleWeight) => {
      const labels = denseLabels(yTrue, yPred);
      const positive = tf.cast(threshold == null ? largestOfRow(yPred) : tf.greater(yPred, threshold), 'float32');
      const columns = tf.concat([tf.mul(positive, labels), positive, labels], -1);
      const counted = sampleWeight === null ? columns : tf.mul(columns, tf.expandDims(sampleWeight, 1));
      return tf.sum(counted, 0) as tf.Tensor1D;
    },
    result: sums => {
      const part = (i: number): number[] => Array.from(sums.subarray(i * classes, (i + 1) * classes));
      const [tp, predicted, labelled] = [part(0), part(1), part(2)];
      if (average === 'micro') return score(total(tp), total(predicted), total(labelled));
      const scores = tp.map((count, i) => score(count, predicted[i], labelled[i]));
      if (average === 'macro') return total(scores) / classes;
      return total(scores.map((value, i) => (value * labelled[i]) / (total(labelled) + epsilon)));
    },
  };
}

/** A row of zeros has none. */
const largestOfRow = (p: tf.Tensor): tf.Tensor =>
  tf.logicalAnd(tf.greaterEqual(p, tf.max(p, -1, true)), tf.greater(tf.abs(p), 1e-9));

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
