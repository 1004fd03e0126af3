import * as tf from '@tensorflow/tfjs-core';

/** Mean over all axes but the first; a scalar stands for each example. */
export function perExample(values: tf.Tensor, yPred: tf.Tensor): tf.Tensor1D {
  if (values.rank === 0) return tf.mul(values, tf.ones([yPred.shape[0]]));
  return (values.rank === 1 ? values : tf.mean(tf.reshape(values, [values.shape[0], -1]), 1)) as tf.Tensor1D;
}
