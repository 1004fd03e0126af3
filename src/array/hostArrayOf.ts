import type * as tf from '@tensorflow/tfjs-core';
import type { HostArray, HostData } from './hostArray.js';

/** A copy of a tensor's values; the tensor stays the caller's. */
export const hostArrayOf = (tensor: tf.Tensor): HostArray => ({
  data: tensor.dataSync().slice() as HostData,
  shape: tensor.shape,
});
