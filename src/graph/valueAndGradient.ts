import * as tf from '@tensorflow/tfjs-core';
import { mendTapeGradients } from './tapeGradients.js';
import { currentTracer } from './tracer.js';

/**
 * A function's value and the gradient of its sum by the one tensor it is given. Where the parts of the value depend on
 * different parts of `x` (the pictures of a batch), that is each part's own gradient.
 *
 * In a trace the gradient is TensorFlow's own (C++) one; where that is missing, and in eager execution, tfjs's tape gives it.
 */
export function valueAndGradient(
  fn: (x: tf.Tensor) => tf.Tensor,
  x: tf.Tensor,
): { readonly value: tf.Tensor; readonly gradient: tf.Tensor } {
  const tracer = currentTracer();
  if (tracer !== undefined && !tracer.useTape) {
    const value = fn(x);
    const [gradient] = tracer.gradients(tf.sum(value), [x]);
    return { value, gradient: gradient ?? tf.zerosLike(x) };
  }
  mendTapeGradients();
  const shape = tf.tidy(() => fn(x).shape);
  const { value, grad } = tf.valueAndGrad(fn)(x, tf.ones(shape));
  return { value, gradient: grad };
}
