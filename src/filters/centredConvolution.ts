import * as tf from '@tensorflow/tfjs-core';
import { stopGradient } from '../graph/stopGradient.js';

type Convolve = (x: tf.Tensor4D) => tf.Tensor4D;

/**
 * A convolution (without bias) of pictures that lie around some grey, with less rounding: of what differs from the mean, plus
 * the mean's own part. Values about 128 all have the same sign, and a float32 sum of their products errs by some 1e-5,
 * enough to put a ReLU on its other side.
 */
export function centredConvolution(x: tf.Tensor4D, convolve: Convolve): tf.Tensor4D {
  const mean = stopGradient(tf.mean(x, [1, 2, 3], true));
  const grey = convolve(stopGradient(tf.onesLike(tf.gather(x, [0]))) as tf.Tensor4D);
  return tf.add(convolve(tf.sub(x, mean)), tf.mul(mean, grey));
}
