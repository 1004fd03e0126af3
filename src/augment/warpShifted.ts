import type { HostData } from '../data/hostArray.js';
import type { AffineMatrix } from './affineMatrix.js';
import { borderCoordinate } from './borderCoordinate.js';
import type { Warp } from './warpAffine.js';

let columnOffsets = new Int32Array(0);

/** Whether {@link warpShifted} can draw it: pixels keep their size, and what lies outside can be blended with what lies inside. */
export function canBeShifted(matrix: AffineMatrix, { order, border }: Warp): boolean {
  const isUnit = Math.abs(matrix[0]) === 1 && Math.abs(matrix[4]) === 1;
  return isUnit && order === 1 && border !== 'constant' && border !== 'scipyWrap';
}

/**
 * Shifts and flips, bilinear: every pixel is the mean, by the same four weights, of two neighbours in two rows. So what is
 * blended of the rows is needed twice, as the right neighbour of a pixel and as the left one of the next.
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
  const shiftX = matrix[2];
  const shiftY = matrix[5];
  const stepX = matrix[0];
  const stepY = matrix[4];
  const floorX = Math.floor(shiftX);
  const floorY = Math.floor(shiftY);
  // Backwards, the first of two neighbours is the right one.
  const second = stepX > 0 ? shiftX - floorX : 1 - (shiftX - floorX);
  const first = 1 - second;
  const below = shiftY - floorY;
  const above = 1 - below;

  if (columnOffsets.length <= columns) columnOffsets = new Int32Array(columns + 1);
  const offsets = columnOffsets;
  for (let j = 0; j <= columns; j++) {
    offsets[j] = pixel(stepX > 0 ? floorX + j : floorX + 1 - j, columns, warp) * channels;
  }
  let to = at;
  for (let i = 0; i < rows; i++) {
    const y = stepY * i + floorY;
    const top = start + pixel(y, rows, warp) * pitch;
    const bottom = start + pixel(y + 1, rows, warp) * pitch;
    if (channels === 3) {
      let t = top + offsets[0];
      let b = bottom + offsets[0];
      let v0 = above * input[t] + below * input[b];
      let v1 = above * input[t + 1] + below * input[b + 1];
      let v2 = above * input[t + 2] + below * input[b + 2];
      for (let j = 1; j <= columns; j++) {
        t = top + offsets[j];
        b = bottom + offsets[j];
        const n0 = above * input[t] + below * input[b];
        const n1 = above * input[t + 1] + below * input[b + 1];
        const n2 = above * input[t + 2] + below * input[b + 2];
        output[to] = first * v0 + second * n0;
        output[to + 1] = first * v1 + second * n1;
        output[to + 2] = first * v2 + second * n2;
        v0 = n0;
        v1 = n1;
        v2 = n2;
        to += 3;
      }
    } else {
      for (let c = 0; c < channels; c++) {
        let v = above * input[top + offsets[0] + c] + below * input[bottom + offsets[0] + c];
        for (let j = 1; j <= columns; j++) {
          const n = above * input[top + offsets[j] + c] + below * input[bottom + offsets[j] + c];
          output[to + (j - 1) * channels + c] = first * v + second * n;
          v = n;
        }
      }
      to += pitch;
    }
  }
}

/** The pixel that a whole coordinate stands for. */
function pixel(x: number, n: number, { border }: Warp): number {
  return x >= 0 && x < n ? x : borderCoordinate(x, n, border);
}
