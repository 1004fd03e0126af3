import * as tf from '@tensorflow/tfjs-core';
import { replaceKernel } from '../kernel/replaceKernel.js';

/** The backend's kernel writes whole numbers, also into a tensor of another type, where they are read as tiny floats. */
export function replaceOneHot(backendName: string): void {
  replaceKernel<'indices', tf.OneHotAttrs>(
    tf.OneHot,
    backendName,
    ({ indices }, { dtype, depth, onValue, offValue }, own) =>
      dtype === 'int32' ? own() : tf.cast(tf.oneHot(indices, depth, onValue, offValue, 'int32'), dtype),
  );
}
