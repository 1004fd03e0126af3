import { type HostArray, sizeOf } from '../array/hostArray.js';
import type { ArraySource } from './source.js';

/** A view of the rows from `start` to before `end`: nothing is copied. */
export function sliceSource(source: ArraySource, start: number, end: number): ArraySource {
  const { sampleWeight } = source;
  return {
    ...source,
    size: end - start,
    x: sliceArray(source.x, start, end),
    y: sliceArray(source.y, start, end),
    ...(sampleWeight && { sampleWeight: sampleWeight.subarray(start, end) }),
  };
}

function sliceArray({ data, shape }: HostArray, start: number, end: number): HostArray {
  const width = sizeOf(shape.slice(1));
  return { data: data.subarray(start * width, end * width), shape: [end - start, ...shape.slice(1)] };
}
