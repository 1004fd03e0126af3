import { type HostArray, sizeOf } from '../array/hostArray.js';
import type { ArraySource } from './source.js';

/** The mean of all rows after scaling: shape `inputShape`, float32. What Keras's ResNet example subtracts. */
export function meanImage({ x, size, inputShape, scaling }: ArraySource): HostArray {
  const length = sizeOf(inputShape);
  const sums = new Float64Array(length);
  for (let row = 0, at = 0; row < size; row++) {
    for (let i = 0; i < length; i++) sums[i] += x.data[at++];
  }
  const factor = (scaling?.scale ?? 1) / size;
  return { data: Float32Array.from(sums, sum => sum * factor), shape: inputShape };
}
