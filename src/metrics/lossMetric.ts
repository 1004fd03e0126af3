import * as tf from '@tensorflow/tfjs-core';
import type { Loss } from '../loss/loss.js';
import { classLabels, denseLabels } from './labelForms.js';
import { meanMetric } from './meanMetric.js';
import type { Metric } from './metric.js';

/**
 * The mean of a loss of labels in either form. Examples of an ignored class have the loss 0; as in Keras they count all the same,
 * but where there are weights.
 */
export function lossMetric(name: string, loss: Loss, ignoreClass: number | null): Metric {
  const counts = (y: tf.Tensor, p: tf.Tensor): tf.Tensor =>
    tf.cast(tf.notEqual(classLabels(y, p), ignoreClass as number), 'float32');
  // Without labels a cross-entropy is 0.
  const labels = (y: tf.Tensor, p: tf.Tensor): tf.Tensor =>
    ignoreClass === null ? denseLabels(y, p) : tf.mul(denseLabels(y, p), tf.expandDims(counts(y, p), -1));
  const weights = (y: tf.Tensor, p: tf.Tensor, weight: tf.Tensor1D | null): tf.Tensor1D | null => {
    if (weight === null || ignoreClass === null) return weight;
    return tf.mul(weight, tf.mean(tf.reshape(counts(y, p), [p.shape[0], -1]), 1));
  };
  const meanOf = (perSample: Loss['perSample']): Metric => {
    const mean = meanMetric(name, 'min', (y, p) => perSample(labels(y, p), p));
    return { ...mean, statistics: (y, p, weight) => mean.statistics(y, p, weights(y, p, weight)) };
  };
  const { fromLogits } = loss;
  return {
    ...meanOf(loss.perSample),
    ...(fromLogits && {
      statisticsFromLogits: (y: tf.Tensor, logits: tf.Tensor, weight: tf.Tensor1D | null, p: tf.Tensor) =>
        meanOf(y => fromLogits(y, logits, p)).statistics(y, p, weight),
    }),
  };
}
