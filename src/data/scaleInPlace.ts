import type { Scaling } from './source.js';

/**
 * Makes network inputs of stored values, in place: `x · scale − mean`, in float32 as a compiled step does it. Converting a whole row
 * first, by `set`, and scaling it where it lies is twice as fast as one loop that reads whole numbers and writes floats.
 *
 * @param data whole rows of `size` values
 */
export function scaleInPlace(data: Float32Array, { scale, mean }: Scaling, size: number): void {
  const factor = Math.fround(scale);
  if (mean === undefined) {
    for (let i = 0; i < data.length; i++) data[i] *= factor;
    return;
  }
  for (let start = 0; start < data.length; start += size) {
    for (let j = 0; j < size; j++) data[start + j] = Math.fround(data[start + j] * factor) - mean.data[j];
  }
}
