import { asFloat32 } from '../array/hostArray.js';
import type { ValueBatch } from './batch.js';
import { scaledPieces } from './scaledRows.js';

const UNCHANGED = { scale: 1 };

/**
 * A batch's inputs, the same numbers as its `x`, in float32 pieces one after the other: for whoever has memory of its own for them,
 * as a step has. It spares an array of the batch's size, whose garbage would cost more than its numbers. A piece is gone when the
 * next one is taken, of this batch or of another: use it at once. All of them can be gone through again.
 *
 * ## Example
 * Into an array that is used for one batch after the other
 * ```ts
 * import { inputPieces, type ValueBatch } from 'gradstream';
 *
 * function copyInputs(batch: ValueBatch, target: Float32Array): void {
 *   let at = 0;
 *   for (const piece of inputPieces(batch)) {
 *     target.set(piece, at);
 *     at += piece.length;
 *   }
 * }
 * ```
 */
export function inputPieces({ x, stored }: Pick<ValueBatch, 'x' | 'stored'>): Iterable<Float32Array> {
  if (stored !== undefined) {
    const { values, scaling = UNCHANGED } = stored;
    return { [Symbol.iterator]: () => scaledPieces(values, scaling) };
  }
  return [asFloat32(x.data)];
}
