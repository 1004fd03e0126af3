import type { HostData } from '../array/hostArray.js';
import type { AffineMatrix } from './affineMatrix.js';
import { type BorderMode, borderCoordinate, OUTSIDE } from './borderCoordinate.js';
import type { ImageExtents } from './imageShape.js';
import { canBeShifted, warpShifted } from './warpShifted.js';

export interface Warp extends ImageExtents {
  readonly border: BorderMode;
  readonly cval: number;
  readonly order: 0 | 1;
}

/**
 * Draws the transformed picture into `output` from `at` on; both pictures have the channels last.
 *
 * What lies right of the last column is the first one, which `wrap` wants; everywhere else its weight is 0.
 *
 * @param start where the picture begins in `input`
 */
export function warpAffine(
  input: HostData,
  start: number,
  output: Float32Array,
  at: number,
  matrix: AffineMatrix,
  warp: Warp,
): void {
  const isAligned = matrix[1] === 0 && matrix[3] === 0;
  if (isAligned && canBeShifted(matrix, warp)) warpShifted(input, start, output, at, matrix, warp);
  else if (isAligned) warpAligned(input, start, output, at, matrix, warp);
  else warpGeneral(input, start, output, at, matrix, warp);
}

/** Any matrix: a bilinear (or nearest) look-up a pixel. */
export function warpGeneral(
  input: HostData,
  start: number,
  output: Float32Array,
  at: number,
  matrix: AffineMatrix,
  warp: Warp,
): void {
  const { rows, columns, channels, border, cval, order } = warp;
  const a0 = matrix[0];
  const b0 = matrix[3];
  const pitch = columns * channels;
  const lastX = columns - 1;
  const lastY = rows - 1;
  const clamps = border === 'nearest';
  let to = at;
  for (let i = 0; i < rows; i++) {
    const rowX = matrix[1] * i + matrix[2];
    const rowY = matrix[4] * i + matrix[5];
    for (let j = 0; j < columns; j++, to += channels) {
      let x = a0 * j + rowX;
      let y = b0 * j + rowY;
      if (x < 0 || x > lastX) x = clamps ? (x < 0 ? 0 : lastX) : borderCoordinate(x, columns, border);
      if (y < 0 || y > lastY) y = clamps ? (y < 0 ? 0 : lastY) : borderCoordinate(y, rows, border);
      if (x === OUTSIDE || y === OUTSIDE) {
        for (let c = 0; c < channels; c++) output[to + c] = cval;
        continue;
      }
      if (order === 0) {
        const x0 = nearestPixel(x, columns);
        const from = start + nearestPixel(y, rows) * pitch + x0 * channels;
        for (let c = 0; c < channels; c++) output[to + c] = input[from + c];
        continue;
      }
      const x0 = x | 0;
      const y0 = y | 0;
      const right = fround(x - x0);
      const below = fround(y - y0);
      const p00 = start + y0 * pitch + x0 * channels;
      const p01 = x0 < lastX ? p00 + channels : p00 - lastX * channels;
      const down = y0 < lastY ? pitch : -lastY * pitch;
      const p10 = p00 + down;
      const p11 = p01 + down;
      for (let c = 0; c < channels; c++) {
        const top = between(input[p00 + c], input[p01 + c], right);
        output[to + c] = between(top, between(input[p10 + c], input[p11 + c], right), below);
      }
    }
  }
}

const { fround } = Math;

/** In float32 throughout: `warpBytes` has the same numbers. */
const between = (from: number, to: number, part: number): number => fround(from + fround(part * fround(to - from)));

/** Half way rounds up; beyond the last pixel comes the first. */
function nearestPixel(x: number, n: number): number {
  const pixel = (x + 0.5) | 0;
  return pixel < n ? pixel : 0;
}

let row = new Float64Array(0);
let starts = new Int32Array(0);
let weights = new Float64Array(0);

/** Shift, flip and zoom without rotation or shear: rows are blended first, then columns by one table for all rows. */
function warpAligned(
  input: HostData,
  start: number,
  output: Float32Array,
  at: number,
  matrix: AffineMatrix,
  warp: Warp,
): void {
  const { rows, columns, channels, border, cval, order } = warp;
  const pitch = columns * channels;
  if (row.length < pitch + channels) {
    row = new Float64Array(pitch + channels);
    starts = new Int32Array(pitch);
    weights = new Float64Array(pitch);
  }
  for (let j = 0; j < columns; j++) {
    const x = coordinate(matrix[0] * j + matrix[2], columns, border);
    const x0 = x === OUTSIDE ? OUTSIDE : order === 0 ? nearestPixel(x, columns) : x | 0;
    starts[j] = x0 * channels;
    weights[j] = order === 0 ? 0 : x - x0;
  }
  const copies = isStraight(columns, channels);
  let to = at;
  for (let i = 0; i < rows; i++, to += pitch) {
    const y = coordinate(matrix[4] * i + matrix[5], rows, border);
    if (y === OUTSIDE) {
      output.fill(cval, to, to + pitch);
      continue;
    }
    const y0 = order === 0 ? nearestPixel(y, rows) : y | 0;
    const below = order === 0 ? 0 : y - y0;
    const top = start + y0 * pitch;
    if (copies) blendRows(input, top, y0 < rows - 1 ? top + pitch : start, below, output, to, pitch);
    else {
      blendRows(input, top, y0 < rows - 1 ? top + pitch : start, below, row, 0, pitch);
      for (let c = 0; c < channels; c++) row[pitch + c] = row[c];
      blendColumns(output, to, columns, channels, cval);
    }
  }
}

/** Whether the table leaves columns as they are. */
function isStraight(columns: number, channels: number): boolean {
  for (let j = 0; j < columns; j++) if (starts[j] !== j * channels || weights[j] !== 0) return false;
  return true;
}

function blendRows(
  input: HostData,
  top: number,
  bottom: number,
  below: number,
  output: Float64Array | Float32Array,
  to: number,
  pitch: number,
): void {
  if (below === 0) for (let k = 0; k < pitch; k++) output[to + k] = input[top + k];
  else {
    const above = 1 - below;
    for (let k = 0; k < pitch; k++) output[to + k] = above * input[top + k] + below * input[bottom + k];
  }
}

/** From `row` by the table. */
function blendColumns(output: Float32Array, to: number, columns: number, channels: number, cval: number): void {
  for (let j = 0; j < columns; j++, to += channels) {
    const from = starts[j];
    if (from < 0) {
      for (let c = 0; c < channels; c++) output[to + c] = cval;
      continue;
    }
    const right = weights[j];
    const left = 1 - right;
    if (channels === 3) {
      output[to] = left * row[from] + right * row[from + 3];
      output[to + 1] = left * row[from + 1] + right * row[from + 4];
      output[to + 2] = left * row[from + 2] + right * row[from + 5];
    } else {
      for (let c = 0; c < channels; c++) output[to + c] = left * row[from + c] + right * row[from + channels + c];
    }
  }
}

const coordinate = (x: number, n: number, border: BorderMode): number =>
  x < 0 || x > n - 1 ? borderCoordinate(x, n, border) : x;
