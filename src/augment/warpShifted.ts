import type { HostData } from '../array/hostArray.js';
import type { AffineMatrix } from './affineMatrix.js';
import { borderCoordinate } from './borderCoordinate.js';
import type { Warp } from './warpAffine.js';

let columnOffsets = new Int32Array(0);
let blendedRow = new Float64Array(0);

/** Whether {@link warpShifted} can draw it: pixels keep their size, and what lies outside can be blended with what lies inside. */
export function canBeShifted(matrix: AffineMatrix, { order, border }: Warp): boolean {
  const isUnit = Math.abs(matrix[0]) === 1 && Math.abs(matrix[4]) === 1;
  return isUnit && order === 1 && border !== 'constant' && border !== 'scipyWrap';
}

/**
 * Shifts and flips, bilinear: every pixel is the mean, by the same weights, of two neighbours in two rows. So each source
 * pixel is read once: it is the second neighbour of one pixel and the first of the next, and so are rows.
 *
 * @param start where the picture begins in `input`; channels last
 */
export function warpShifted(
  input: HostData,
  start: number,
  output: Float32Array,
  at: number,
  matrix: AffineMatrix,
  warp: Warp,
): void {
  const { rows, columns, channels } = warp;
  const pitch = columns * channels;
  if (columnOffsets.length <= columns) columnOffsets = new Int32Array(columns + 1);
  if (blendedRow.length < pitch) blendedRow = new Float64Array(pitch);
  const offsets = columnOffsets;
  const blended = blendedRow;
  const right = secondWeight(matrix[0], matrix[2]);
  const below = secondWeight(matrix[4], matrix[5]);
  for (let j = 0; j <= columns; j++) offsets[j] = neighbour(j, matrix[0], matrix[2], columns, warp) * channels;

  for (let i = 0; i <= rows; i++) {
    // The first row has none above to be blended with: what is written there is written anew with the second.
    let to = at + Math.max(i - 1, 0) * pitch;
    const from = start + neighbour(i, matrix[4], matrix[5], rows, warp) * pitch;
    if (channels === 3) {
      const p = from + offsets[0];
      let v0 = input[p];
      let v1 = input[p + 1];
      let v2 = input[p + 2];
      for (let j = 1, k = 0; j <= columns; j++, k += 3, to += 3) {
        const q = from + offsets[j];
        const n0 = input[q];
        const n1 = input[q + 1];
        const n2 = input[q + 2];
        const h0 = v0 + right * (n0 - v0);
        const h1 = v1 + right * (n1 - v1);
        const h2 = v2 + right * (n2 - v2);
        const a0 = blended[k];
        const a1 = blended[k + 1];
        const a2 = blended[k + 2];
        output[to] = a0 + below * (h0 - a0);
        output[to + 1] = a1 + below * (h1 - a1);
        output[to + 2] = a2 + below * (h2 - a2);
        blended[k] = h0;
        blended[k + 1] = h1;
        blended[k + 2] = h2;
        v0 = n0;
        v1 = n1;
        v2 = n2;
      }
    } else {
      for (let k = 0; k < pitch; k++) {
        const c = k % channels;
        const j = (k - c) / channels;
        const v = input[from + offsets[j] + c];
        const h = v + right * (input[from + offsets[j + 1] + c] - v);
        output[to + k] = blended[k] + below * (h - blended[k]);
        blended[k] = h;
      }
    }
  }
}

/** Weight of the second of two neighbours: going backwards, the first one is the greater. */
function secondWeight(step: number, shift: number): number {
  const part = shift - Math.floor(shift);
  return step > 0 ? part : 1 - part;
}

/** Pixel number `i` of those, one after the other, that a line of the result lies between. */
function neighbour(i: number, step: number, shift: number, n: number, { border }: Warp): number {
  const x = step > 0 ? Math.floor(shift) + i : Math.floor(shift) + 1 - i;
  return x >= 0 && x < n ? x : borderCoordinate(x, n, border);
}
