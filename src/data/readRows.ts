import { gatherRows } from './gatherRows.js';
import { type HostArray, sizeOf } from './hostArray.js';
import { scaleInPlace } from './scaleInPlace.js';
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
  return { x: scaledRows(source, rows), ...readTargets(source, rows) };
}

/** All but the inputs. */
export function readTargets({ y, sampleWeight }: ArraySource, rows: ArrayLike<number>): Omit<Rows, 'x'> {
  return {
    y: gatherRows(y, rows),
    ...(sampleWeight && { sampleWeight: Float32Array.from(rows, row => sampleWeight[row]) }),
  };
}

function scaledRows({ x, inputShape, scaling }: ArraySource, rows: ArrayLike<number>): HostArray {
  const { data } = gatherRows(x, rows);
  const shape = [rows.length, ...inputShape];
  if (scaling === undefined) return { data, shape };
  const scaled = new Float32Array(data);
  scaleInPlace(scaled, scaling, sizeOf(inputShape));
  return { data: scaled, shape };
}
