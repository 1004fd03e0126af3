import type { HostData } from './hostArray.js';
import { scaleBytes } from './scaleBytes.js';
import { scaleInPlace } from './scaleInPlace.js';
import type { Scaling } from './source.js';

/** Network inputs of stored values, one row of `size` after the other, in float32. */
export function scaledRows(rows: readonly HostData[], size: number, scaling: Scaling): Float32Array {
  const result = new Float32Array(rows.length * size);
  rows.forEach((row, i) => {
    const place = result.subarray(i * size, (i + 1) * size);
    if (row instanceof Uint8Array) scaleBytes(row, place, scaling);
    else {
      place.set(row);
      scaleInPlace(place, scaling, size);
    }
  });
  return result;
}
