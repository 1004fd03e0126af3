import * as tf from '@tensorflow/tfjs-core';
import { replaceKernel, tensorOf } from '../kernel/replaceKernel.js';

/**
 * Functions of single values: the backend's sign is 0 below 1.2e-7, and its limits, like the larger or smaller one of two where the
 * second is NaN, make a number of NaN, which no loss would show then.
 */
export function replacePointwise(backendName: string): void {
  replaceKernel<'x', object>(tf.Sign, backendName, ({ x }) => {
    const sign = tf.sub(tf.cast(tf.greater(x, 0), x.dtype), tf.cast(tf.less(x, 0), x.dtype));
    return x.dtype === 'float32' ? tf.where(tf.isNaN(x), x, sign) : sign;
  });
  replaceKernel<'x', tf.ClipByValueAttrs>(tf.ClipByValue, backendName, ({ x }, { clipValueMin, clipValueMax }) =>
    limited(x, clipValueMin, clipValueMax),
  );
  replaceKernel<'x', object>(tf.Relu6, backendName, ({ x }) => limited(x, 0, 6));
  for (const kernelName of [tf.Maximum, tf.Minimum]) {
    replaceKernel<'a' | 'b', object>(kernelName, backendName, ({ b }, _, own) =>
      hasNaN(b) ? tf.where(tf.isNaN(b), b, tensorOf(own())) : own(),
    );
  }
}

const hasNaN = (x: tf.Tensor): boolean => x.dtype === 'float32' && tf.any(tf.isNaN(x)).dataSync()[0] !== 0;

/** Of NaN and a number it is the left one that these two kernels give. */
const limited = (x: tf.Tensor, min: number, max: number): tf.Tensor =>
  tf.minimum(tf.maximum(x, tf.scalar(min, x.dtype)), tf.scalar(max, x.dtype));
