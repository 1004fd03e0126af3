import type { HostData } from '../array/hostArray.js';
import { scaleBytes } from './scaleBytes.js';
import { scaleInPlace } from './scaleInPlace.js';
import type { Scaling } from './source.js';

/** Network inputs of stored values, one row of `size` after the other, in float32. */
export function scaledRows(rows: readonly HostData[], size: number, scaling: Scaling): Float32Array {
  const result = new Float32Array(rows.length * size);
  let at = 0;
  for (const piece of scaledPieces(rows, scaling)) {
    result.set(piece, at);
    at += piece.length;
  }
  return result;
}

/** The same in pieces one after the other: the next one may overwrite the last. */
export function* scaledPieces(rows: readonly HostData[], scaling: Scaling): Generator<Float32Array> {
  for (const row of rows) {
    if (row instanceof Uint8Array) yield* scaleBytes(row, scaling);
    else {
      const piece = Float32Array.from(row);
      scaleInPlace(piece, scaling, row.length);
      yield piece;
    }
  }
}
