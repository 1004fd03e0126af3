import { type HostArray, type HostData, sizeOf } from '../array/hostArray.js';
import { type Auxiliary, mapAuxiliary } from './auxiliary.js';
import { gatherRows, rowOf } from './gatherRows.js';
import { scaledRows } from './scaledRows.js';
import type { ArraySource } from './source.js';

/** Rows as the network sees them. */
export interface Rows {
  /** `[rows, ...inputShape]`, scaled; float32 where the source has a scaling. */
  readonly x: HostArray;
  /** `[rows]` class numbers or `[rows, ...targets]`. */
  readonly y: HostArray;
  readonly sampleWeight?: Float32Array;
  /** For further inputs and outputs of the model. */
  readonly aux?: Auxiliary<HostArray>;
}

/**
 * Copies rows of a source and scales them, on the JavaScript side.
 *
 * @throws InvalidArgumentError where there is no such row
 */
export function readRows(source: ArraySource, rows: ArrayLike<number>): Rows {
  const { inputShape } = source;
  return { x: { data: readInputs(source, rows), shape: [rows.length, ...inputShape] }, ...readTargets(source, rows) };
}

function readInputs({ x, inputShape, scaling }: ArraySource, rows: ArrayLike<number>): HostData {
  if (scaling === undefined) return gatherRows(x, rows).data;
  const length = sizeOf(inputShape);
  const stored = Array.from(rows, row => rowOf(x, row, length));
  return scaledRows(stored, length, scaling);
}

/** All but `x`. */
export function readTargets({ y, sampleWeight, aux }: ArraySource, rows: ArrayLike<number>): Omit<Rows, 'x'> {
  const gather = (array: HostArray): HostArray => gatherRows(array, rows);
  return {
    y: gather(y),
    ...(sampleWeight && { sampleWeight: Float32Array.from(rows, row => sampleWeight[row]) }),
    ...mapAuxiliary(aux, gather, gather),
  };
}
