import * as tf from '@tensorflow/tfjs-core';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { denseLabels } from './labelForms.js';
import { divideNoNan } from './meanMetric.js';
import type { Metric } from './metric.js';

export interface AucOptions {
  readonly name?: string;
  /** Default 200, evenly spaced from 0 to 1. */
  readonly numThresholds?: number;
  readonly curve?: 'ROC' | 'PR';
  readonly summationMethod?: 'interpolation' | 'minoring' | 'majoring';
}

/**
 * Area under the ROC or the precision-recall curve by a sum over thresholds; all outputs count as one long list, as in
 * Keras. Predictions must be probabilities. Source: `AUC` of Keras 3 (`confusion_metrics.py`); the interpolation of
 * precision after Davis and Goadrich 2006.
 */
export function auc(options: AucOptions = {}): Metric {
  const { name = 'auc', numThresholds = 200, curve = 'ROC', summationMethod = 'interpolation' } = options;
  if (!Number.isInteger(numThresholds) || numThresholds < 2) {
    throw new InvalidArgumentError(`numThresholds of ${name} is ${numThresholds}; give a whole number from 2 on.`);
  }
  const epsilon = 1e-7;
  const thresholds = Array.from({ length: numThresholds }, (_, i) => i / (numThresholds - 1));
  thresholds[0] = -epsilon;
  thresholds[numThresholds - 1] = 1 + epsilon;
  return {
    name,
    direction: 'max',
    size: 2 * numThresholds,
    statistics: (yTrue, yPred, sampleWeight) => {
      const labels = tf.reshape(denseLabels(yTrue, yPred), [yPred.shape[0], -1]);
      const isTrue = tf.cast(tf.notEqual(labels, 0), 'float32');
      const counted = (x: tf.Tensor): tf.Tensor =>
        tf.reshape(sampleWeight === null ? x : tf.mul(x, tf.expandDims(sampleWeight, 1)), [1, -1]);
      const above = tf.cast(
        tf.greater(tf.reshape(yPred, [-1, 1]), tf.tensor2d(thresholds, [1, numThresholds])),
        'float32',
      );
      const counts = tf.matMul(tf.concat([counted(isTrue), counted(tf.sub(1, isTrue))], 0), above);
      return tf.reshape(counts, [2 * numThresholds]);
    },
    result: sums => {
      // Every probability is above the first threshold, so the first counts are those of all labels.
      const tp = sums.subarray(0, numThresholds);
      const fp = sums.subarray(numThresholds);
      if (curve === 'PR' && summationMethod === 'interpolation') return interpolatedPrecisionRecall(tp, fp);
      const recall = Array.from(tp, count => divideNoNan(count, tp[0]));
      const [x, y] =
        curve === 'ROC'
          ? [Array.from(fp, count => divideNoNan(count, fp[0])), recall]
          : [recall, Array.from(tp, (count, i) => divideNoNan(count, count + fp[i]))];
      return area(x, y, HEIGHTS[summationMethod]);
    },
  };
}

const HEIGHTS = {
  interpolation: (a: number, b: number): number => (a + b) / 2,
  minoring: Math.min,
  majoring: Math.max,
};

function area(x: readonly number[], y: readonly number[], height: (a: number, b: number) => number): number {
  let sum = 0;
  for (let i = 0; i + 1 < x.length; i++) sum += (x[i] - x[i + 1]) * height(y[i], y[i + 1]);
  return sum;
}

/** True positives are taken as linear in the positive predictions between two thresholds. */
function interpolatedPrecisionRecall(tp: Float64Array, fp: Float64Array): number {
  let sum = 0;
  for (let i = 0; i + 1 < tp.length; i++) {
    const [positives, next] = [tp[i] + fp[i], tp[i + 1] + fp[i + 1]];
    const found = tp[i] - tp[i + 1];
    const slope = divideNoNan(found, Math.max(positives - next, 0));
    const intercept = tp[i + 1] - slope * next;
    const ratio = positives > 0 && next > 0 ? positives / next : 1;
    sum += divideNoNan(slope * (found + intercept * Math.log(ratio)), tp[0]);
  }
  return sum;
}
