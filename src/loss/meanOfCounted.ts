import * as tf from '@tensorflow/tfjs-core';

/**
 * Values whose mean is that of the counted ones alone: those get larger as the others become 0. 0 where none is counted.
 * Source: `apply_mask` of Keras 3 (`losses/loss.py`).
 */
export function meanOfCounted(values: tf.Tensor, counted: tf.Tensor): tf.Tensor {
  const mask = tf.cast(counted, 'float32');
  return tf.mul(values, tf.mul(mask, allOverCounted(mask)));
}

/** By how much the mean of the counted ones is larger than that of all, where the others are 0. `mask`: 1 for each that counts. */
export const allOverCounted = (mask: tf.Tensor): tf.Scalar => tf.div(mask.size, tf.maximum(tf.sum(mask), 1));
