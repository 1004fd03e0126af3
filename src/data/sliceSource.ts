import { type HostArray, sizeOf } from '../array/hostArray.js';
import { mapAuxiliary } from './auxiliary.js';
import type { ArraySource } from './source.js';

/** A view of the rows from `start` to before `end`: nothing is copied. */
export function sliceSource(source: ArraySource, start: number, end: number): ArraySource {
  const { sampleWeight, aux } = source;
  const slice = (array: HostArray): HostArray => sliceArray(array, start, end);
  return {
    ...source,
    size: end - start,
    x: slice(source.x),
    y: slice(source.y),
    ...(sampleWeight && { sampleWeight: sampleWeight.subarray(start, end) }),
    ...mapAuxiliary(aux, slice, slice),
  };
}

function sliceArray({ data, shape }: HostArray, start: number, end: number): HostArray {
  const width = sizeOf(shape.slice(1));
  return { data: data.subarray(start * width, end * width), shape: [end - start, ...shape.slice(1)] };
}
