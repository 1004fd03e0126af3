import { type HostArray, sizeOf } from './hostArray.js';
import { scaleInPlace } from './scaleInPlace.js';
import type { Scaling } from './source.js';

/** Network inputs of stored values `[rows, ...inputShape]`: float32, or the values themselves where there is no scaling. */
export function scaledInputs(x: HostArray, scaling: Scaling | undefined): HostArray {
  if (scaling === undefined) return x;
  const data = new Float32Array(x.data);
  scaleInPlace(data, scaling, sizeOf(x.shape.slice(1)));
  return { data, shape: x.shape };
}
