import * as tf from '@tensorflow/tfjs-core';
import { sizeOf } from '../array/hostArray.js';

/**
 * `x · kernel + bias`, where the last axes of `x`, so many as `bound`, are the first of the kernel: `[…, in]` and `[in, heads, size]`
 * give `[…, heads, size]`. One product of matrices, which all backends have.
 */
export function project(x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor | null, bound = 1): tf.Tensor {
  const [free, inner] = [x.shape.slice(0, x.rank - bound), x.shape.slice(x.rank - bound)];
  const units = kernel.shape.slice(bound);
  const [rows, length, columns] = [free, inner, units].map(sizeOf);
  const product = tf.matMul(tf.reshape(x, [rows, length]), tf.reshape(kernel, [length, columns]));
  const sum = bias === null ? product : tf.add(product, tf.reshape(bias, [columns]));
  return tf.reshape(sum, [...free, ...units]);
}
