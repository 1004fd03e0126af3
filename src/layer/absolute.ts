import * as tf from '@tensorflow/tfjs-core';

/** Not `abs`: its gradient in tfjs is −1 at 0, where Keras has 0. */
export const absolute = (x: tf.Tensor): tf.Tensor => tf.mul(x, tf.sign(x));
