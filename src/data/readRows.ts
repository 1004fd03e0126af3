import { gatherRows } from './gatherRows.js';
import type { HostArray } from './hostArray.js';
import { scaledInputs } from './scaledInputs.js';
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
  const { x, inputShape, scaling } = source;
  const stored = { data: gatherRows(x, rows).data, shape: [rows.length, ...inputShape] };
  return { x: scaledInputs(stored, scaling), ...readTargets(source, rows) };
}

/** All but the inputs. */
export function readTargets({ y, sampleWeight }: ArraySource, rows: ArrayLike<number>): Omit<Rows, 'x'> {
  return {
    y: gatherRows(y, rows),
    ...(sampleWeight && { sampleWeight: Float32Array.from(rows, row => sampleWeight[row]) }),
  };
}
