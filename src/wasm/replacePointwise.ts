import * as tf from '@tensorflow/tfjs-core';
import { replaceKernel } from '../kernel/replaceKernel.js';

/** Functions of single values: the backend's sign is 0 below 1.2e-7, and its limits make a number of NaN, which no loss would show then. */
export function replacePointwise(backendName: string): void {
  replaceKernel<'x', object>(tf.Sign, backendName, ({ x }) => {
    const sign = tf.sub(tf.cast(tf.greater(x, 0), x.dtype), tf.cast(tf.less(x, 0), x.dtype));
    return x.dtype === 'float32' ? tf.where(tf.isNaN(x), x, sign) : sign;
  });
  replaceKernel<'x', tf.ClipByValueAttrs>(tf.ClipByValue, backendName, ({ x }, { clipValueMin, clipValueMax }) =>
    limited(x, clipValueMin, clipValueMax),
  );
  replaceKernel<'x', object>(tf.Relu6, backendName, ({ x }) => limited(x, 0, 6));
}

/** Of NaN and a number it is the left one that these two kernels give. */
const limited = (x: tf.Tensor, min: number, max: number): tf.Tensor =>
  tf.minimum(tf.maximum(x, tf.scalar(min, x.dtype)), tf.scalar(max, x.dtype));
