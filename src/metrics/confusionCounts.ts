import * as tf from '@tensorflow/tfjs-core';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { outputColumns } from './countsAbove.js';
import type { Direction } from './direction.js';
import { denseLabels } from './labelForms.js';
import { divideNoNan } from './meanMetric.js';
import type { Metric } from './metric.js';

export interface ConfusionOptions {
  readonly name?: string;
  /** Predictions above it are positive. Default 0.5; with `topK` none. */
  readonly thresholds?: number | null;
  /** Only the largest predictions of each example are positive. */
  readonly topK?: number | null;
  /** Counts this class alone. Default: all outputs together. */
  readonly classId?: number | null;
}

/** Share of positive predictions that are right. Source: `confusion_metrics.py` of Keras 3, as all here. */
export const precision = (options: ConfusionOptions = {}): Metric =>
  confusionMetric('precision', 'max', options, ([tp, fp]) => divideNoNan(tp, tp + fp));
/** Share of positive labels that are found. */
export const recall = (options: ConfusionOptions = {}): Metric =>
  confusionMetric('recall', 'max', options, ([tp, , fn]) => divideNoNan(tp, tp + fn));
export const truePositives = (options: ConfusionOptions = {}): Metric =>
  confusionMetric('true_positives', 'max', options, ([tp]) => tp);
export const falsePositives = (options: ConfusionOptions = {}): Metric =>
  confusionMetric('false_positives', 'min', options, ([, fp]) => fp);
export const falseNegatives = (options: ConfusionOptions = {}): Metric =>
  confusionMetric('false_negatives', 'min', options, ([, , fn]) => fn);
export const trueNegatives = (options: ConfusionOptions = {}): Metric =>
  confusionMetric('true_negatives', 'max', options, ([, , , tn]) => tn);

/** Statistics: true positives, false positives, false negatives, true negatives, by weight. */
function confusionMetric(
  standardName: string,
  direction: Direction,
  { name = standardName, thresholds, topK, classId }: ConfusionOptions,
  result: (counts: Float64Array) => number,
): Metric {
  const threshold = thresholds ?? 0.5;
  if (!(threshold >= 0 && threshold <= 1)) {
    throw new InvalidArgumentError(`thresholds of ${name} is ${threshold}; give one number from 0 to 1.`);
  }
  return {
    name,
    direction,
    size: 4,
    statistics: (yTrue, yPred, sampleWeight) => {
      const labels = denseLabels(yTrue, yPred);
      // Labels count as true where they aren't 0, as when Keras casts them to bool.
      const isTrue = outputColumns(tf.cast(tf.notEqual(labels, 0), 'float32'), classId);
      const isAbove = tf.cast(tf.greater(yPred, tf.scalar(threshold)), 'float32');
      const candidates = topK == null ? isAbove : tf.mul(largest(yPred, topK), thresholds == null ? 1 : isAbove);
      const isPositive = outputColumns(candidates, classId);
      const counted = (x: tf.Tensor): tf.Tensor =>
        sampleWeight === null ? x : tf.mul(x, tf.expandDims(sampleWeight, 1));
      const left = tf.stack([isPositive, tf.sub(1, isPositive)]);
      const right = tf.stack([counted(isTrue), counted(tf.sub(1, isTrue))]);
      // [positive, negative] × [true, false]: tp, fp, fn, tn in this order.
      return tf.reshape(tf.matMul(tf.reshape(left, [2, -1]), tf.reshape(right, [2, -1]), false, true), [4]);
    },
    result,
  };
}

/** 1 for the largest predictions of each example, 0 for the others; the first ones of equals. */
const largest = (predictions: tf.Tensor, count: number): tf.Tensor => {
  const { indices } = tf.topk(predictions, count);
  return tf.sum(tf.oneHot(tf.cast(indices, 'int32'), predictions.shape.at(-1) as number, 1, 0, 'float32'), -2);
};
