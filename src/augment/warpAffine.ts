import type { AffineMatrix } from './affineMatrix.js';
import { type BorderMode, borderCoordinate, OUTSIDE } from './borderCoordinate.js';
import type { ImageExtents } from './imageShape.js';

export interface Warp extends ImageExtents {
  readonly border: BorderMode;
  readonly cval: number;
  readonly order: 0 | 1;
}

/**
 * Draws the transformed picture, channels last, into `output` from `at` on.
 *
 * @param padded `[rows + 1, columns + 1, channels]`: see {@link padImage}
 */
export function warpAffine(
  padded: Float32Array,
  output: Float32Array,
  at: number,
  matrix: AffineMatrix,
  warp: Warp,
): void {
  if (matrix[1] === 0 && matrix[3] === 0) warpAligned(padded, output, at, matrix, warp);
  else warpGeneral(padded, output, at, matrix, warp);
}

/** Any matrix: a bilinear (or nearest) look-up a pixel. */
export function warpGeneral(
  padded: Float32Array,
  output: Float32Array,
  at: number,
  [a0, a1, a2, b0, b1, b2]: AffineMatrix,
  { rows, columns, channels, border, cval, order }: Warp,
): void {
  const pitch = (columns + 1) * channels;
  const lastX = columns - 1;
  const lastY = rows - 1;
  let to = at;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++, to += channels) {
      let x = a0 * j + a1 * i + a2;
      let y = b0 * j + b1 * i + b2;
      if (x < 0 || x > lastX) x = borderCoordinate(x, columns, border);
      if (y < 0 || y > lastY) y = borderCoordinate(y, rows, border);
      if (x === OUTSIDE || y === OUTSIDE) {
        for (let c = 0; c < channels; c++) output[to + c] = cval;
        continue;
      }
      if (order === 0) {
        const from = ((y + 0.5) | 0) * pitch + ((x + 0.5) | 0) * channels;
        for (let c = 0; c < channels; c++) output[to + c] = padded[from + c];
        continue;
      }
      const x0 = x | 0;
      const y0 = y | 0;
      const right = x - x0;
      const below = y - y0;
      const w11 = right * below;
      const w01 = right - w11;
      const w10 = below - w11;
      const w00 = 1 - right - w10;
      const top = y0 * pitch + x0 * channels;
      const bottom = top + pitch;
      for (let c = 0; c < channels; c++) {
        output[to + c] =
          w00 * padded[top + c] +
          w01 * padded[top + channels + c] +
          w10 * padded[bottom + c] +
          w11 * padded[bottom + channels + c];
      }
    }
  }
}

let row = new Float64Array(0);
let starts = new Int32Array(0);
let weights = new Float64Array(0);

/** Shift, flip and zoom without rotation or shear: rows are blended first, then columns by one table for all rows. */
function warpAligned(
  padded: Float32Array,
  output: Float32Array,
  at: number,
  [a0, , a2, , b1, b2]: AffineMatrix,
  { rows, columns, channels, border, cval, order }: Warp,
): void {
  const pitch = (columns + 1) * channels;
  if (row.length < pitch + channels) {
    // One pixel more, that a neighbour of weight 0 can be read.
    row = new Float64Array(pitch + channels);
    starts = new Int32Array(pitch);
    weights = new Float64Array(pitch);
  }
  for (let j = 0; j < columns; j++) {
    const x = coordinate(a0 * j + a2, columns, border);
    const place = order === 0 && x !== OUTSIDE ? x + 0.5 : x;
    starts[j] = place === OUTSIDE ? OUTSIDE : (place | 0) * channels;
    weights[j] = order === 0 ? 0 : place - (place | 0);
  }
  let to = at;
  for (let i = 0; i < rows; i++) {
    const y = coordinate(b1 * i + b2, rows, border);
    if (y === OUTSIDE) {
      output.fill(cval, to, to + columns * channels);
      to += columns * channels;
      continue;
    }
    const y0 = (order === 0 ? y + 0.5 : y) | 0;
    const below = order === 0 ? 0 : y - y0;
    const top = y0 * pitch;
    const bottom = top + pitch;
    if (below === 0) for (let k = 0; k < pitch; k++) row[k] = padded[top + k];
    else for (let k = 0; k < pitch; k++) row[k] = padded[top + k] + below * (padded[bottom + k] - padded[top + k]);
    for (let j = 0; j < columns; j++, to += channels) {
      const from = starts[j];
      if (from === OUTSIDE) {
        for (let c = 0; c < channels; c++) output[to + c] = cval;
        continue;
      }
      const right = weights[j];
      for (let c = 0; c < channels; c++) {
        const left = row[from + c];
        output[to + c] = left + right * (row[from + channels + c] - left);
      }
    }
  }
}

const coordinate = (x: number, n: number, border: BorderMode): number =>
  x < 0 || x > n - 1 ? borderCoordinate(x, n, border) : x;
