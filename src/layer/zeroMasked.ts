import * as tf from '@tensorflow/tfjs-core';

/**
 * 0 where a step of sequences doesn't count.
 *
 * @param x `[batch, steps, …]`
 * @param mask `[batch, steps]`
 */
export function zeroMasked(x: tf.Tensor, mask: tf.Tensor): tf.Tensor {
  const ones: number[] = Array.from({ length: x.rank - mask.rank }, () => 1);
  return tf.mul(x, tf.cast(tf.reshape(mask, [...mask.shape, ...ones]), 'float32'));
}
