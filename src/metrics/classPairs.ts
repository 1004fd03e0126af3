import * as tf from '@tensorflow/tfjs-core';

/**
 * How often each class was predicted for each: `[classes, classes]`, rows by label, by weight. Both are class numbers of one
 * shape, `[batch, …]`; a pair with a number that is no class isn't counted.
 */
export function classPairs(
  labels: tf.Tensor,
  predicted: tf.Tensor,
  classes: number,
  sampleWeight: tf.Tensor | null,
): tf.Tensor {
  const rows = (numbers: tf.Tensor): tf.Tensor =>
    tf.oneHot(tf.cast(tf.reshape(numbers, [-1]), 'int32'), classes, 1, 0, 'float32');
  const labelRows = rows(labels);
  if (sampleWeight === null) return tf.matMul(labelRows, rows(predicted), true, false);
  const each = tf.reshape(labelRows, [sampleWeight.shape[0] as number, -1]);
  const counted = tf.reshape(tf.mul(each, tf.expandDims(sampleWeight, 1)), labelRows.shape as [number, number]);
  return tf.matMul(counted, rows(predicted), true, false);
}
