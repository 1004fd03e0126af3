import { type HostArray, sizeOf } from './hostArray.js';
import { scaleBytes } from './scaleBytes.js';
import { scaleInPlace } from './scaleInPlace.js';
import type { Scaling } from './source.js';

/** Network inputs of stored values `[rows, ...inputShape]`: float32, or the values themselves where there is no scaling. */
export function scaledInputs(x: HostArray, scaling: Scaling | undefined): HostArray {
  if (scaling === undefined) return x;
  const { data, shape } = x;
  const size = sizeOf(shape.slice(1));
  if (data instanceof Uint8Array) return { data: scaleBytes(data, scaling, size), shape };
  const scaled = new Float32Array(data);
  scaleInPlace(scaled, scaling, size);
  return { data: scaled, shape };
}
