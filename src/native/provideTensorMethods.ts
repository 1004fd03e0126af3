import * as tf from '@tensorflow/tfjs-core';

/** By whom: the initializer Orthogonal of tfjs-layers; the kernels Prelu and Exp of tfjs-node. */
const methods: Readonly<Record<string, (tensor: tf.Tensor, ...rest: never[]) => tf.Tensor>> = {
  flatten: tensor => tf.reshape(tensor, [tensor.size]),
  reshape: tf.reshape,
  sign: tf.sign,
  stridedSlice: tf.stridedSlice,
  transpose: tf.transpose,
  add: tf.add,
  mul: tf.mul,
  sub: tf.sub,
  toFloat: tensor => tf.cast(tensor, 'float32'),
};

/**
 * Gives tensors the methods that tfjs's own code calls on them in a few places. Only the union package registers them;
 * tfjs-core's modules that do so would bring a second copy of it along.
 */
export function provideTensorMethods(): void {
  for (const [name, operation] of Object.entries(methods)) {
    if (name in tf.Tensor.prototype) continue;
    Object.defineProperty(tf.Tensor.prototype, name, {
      configurable: true,
      writable: true,
      value(this: tf.Tensor, ...rest: never[]) {
        return operation(this, ...rest);
      },
    });
  }
}
