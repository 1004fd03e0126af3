import * as tf from '@tensorflow/tfjs-core';
import { denseLabels } from './labelForms.js';

export interface CountsAboveOptions {
  readonly thresholds: readonly number[];
  /** Whether a prediction below 0 counts as 0 and one above 1 as 1: Keras has it so where thresholds are evenly spaced. */
  readonly bounded?: boolean;
  /** Each output by itself; else all outputs count as one long list. */
  readonly separate?: boolean;
  /** Counts this output alone. */
  readonly classId?: number | null | undefined;
  /** How much each output counts. */
  readonly outputWeights?: readonly number[] | null | undefined;
}

/**
 * How many predictions lie above each threshold, by weight: those whose label is true (not 0), then the others, as
 * `[outputs or 1, 2, thresholds]`. A first threshold below all predictions gives how many labels there are.
 */
export function countsAbove(
  yTrue: tf.Tensor,
  yPred: tf.Tensor,
  sampleWeight: tf.Tensor | null,
  { thresholds, bounded = false, separate = false, classId, outputWeights }: CountsAboveOptions,
): tf.Tensor {
  const given = outputColumns(yPred, classId);
  const predictions = bounded ? tf.clipByValue(given, 0, 1) : given;
  const isTrue = tf.cast(tf.notEqual(outputColumns(denseLabels(yTrue, yPred), classId), 0), 'float32');
  const lists = (columns: tf.Tensor): tf.Tensor => (separate ? tf.transpose(columns) : tf.reshape(columns, [1, -1]));
  let weights: tf.Tensor = tf.onesLike(predictions);
  if (sampleWeight !== null) weights = tf.mul(weights, tf.expandDims(sampleWeight, 1));
  if (outputWeights != null) weights = tf.mul(weights, tf.tensor1d([...outputWeights]));
  const counted = [isTrue, tf.sub(1, isTrue)].map(labels => lists(tf.mul(labels, weights)));
  const above = tf.greater(tf.expandDims(lists(predictions), -1), tf.tensor1d([...thresholds]));
  return tf.matMul(tf.stack(counted, 1), tf.cast(above, 'float32'));
}

/** `[batch, outputs]`, of one output where asked. */
export function outputColumns(values: tf.Tensor, classId: number | null | undefined): tf.Tensor {
  const flat = tf.reshape(values, [values.shape[0], -1]);
  return classId == null ? flat : tf.slice(flat, [0, classId], [-1, 1]);
}
