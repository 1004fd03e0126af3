import { checkRow, gatherRows } from './gatherRows.js';
import { type HostArray, sizeOf } from './hostArray.js';
import type { ArraySource } from './source.js';

/** Rows as the network sees them. */
export interface Rows {
  /** `[rows, ...inputShape]`, scaled; float32 where the source has a scaling. */
  readonly x: HostArray;
  /** `[rows]` class numbers or `[rows, ...targets]`. */
  readonly y: HostArray;
  readonly sampleWeight?: Float32Array;
}

/**
 * Copies rows of a source and scales them, on the JavaScript side.
 *
 * @throws InvalidArgumentError where there is no such row
 */
export function readRows(source: ArraySource, rows: ArrayLike<number>): Rows {
  const { sampleWeight } = source;
  const read = { x: scaledRows(source, rows), y: gatherRows(source.y, rows) };
  return sampleWeight === undefined
    ? read
    : { ...read, sampleWeight: Float32Array.from(rows, row => sampleWeight[row]) };
}

function scaledRows({ x, size, inputShape, scaling }: ArraySource, rows: ArrayLike<number>): HostArray {
  const shape = [rows.length, ...inputShape];
  if (scaling === undefined) return { data: gatherRows(x, rows).data, shape };
  const { scale, mean } = scaling;
  const width = sizeOf(inputShape);
  const data = new Float32Array(rows.length * width);
  for (let i = 0; i < rows.length; i++) {
    const to = i * width;
    const from = checkRow(rows[i], size) * width;
    if (mean === undefined) for (let j = 0; j < width; j++) data[to + j] = x.data[from + j] * scale;
    else for (let j = 0; j < width; j++) data[to + j] = x.data[from + j] * scale - mean.data[j];
  }
  return { data, shape };
}
