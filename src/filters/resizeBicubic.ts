import { bicubicWeights, type ResampleWeights } from './bicubicWeights.js';
import type { Picture } from './picture.js';

/**
 * Resizes as Pillow's `Image.resize(…, BICUBIC)` does, to the level: columns first, rounded and clipped to 0 … 255, then
 * rows, with weights of 22 bits. A float picture is resized in floats, without rounding and clipping.
 */
export function resizeBicubic<Data extends Uint8Array | Float32Array>(
  picture: Picture<Data>,
  rows: number,
  columns: number,
): Picture<Data> {
  const wide = columns === picture.columns ? picture : resizeColumns(picture, columns);
  return rows === wide.rows ? wide : resizeRows(wide, rows);
}

function resizeColumns<Data extends Uint8Array | Float32Array>(
  { data, rows, columns, channels }: Picture<Data>,
  width: number,
): Picture<Data> {
  const resized = emptyLike(data, rows * width * channels);
  const taps = bicubicWeights(columns, width).map(weightsFor(data));
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < width; column++) {
      const source = (row * columns + taps[column].from) * channels;
      resample(data, source, channels, taps[column].weights, resized, (row * width + column) * channels, channels);
    }
  }
  return { data: resized, rows, columns: width, channels };
}

function resizeRows<Data extends Uint8Array | Float32Array>(
  { data, rows, columns, channels }: Picture<Data>,
  height: number,
): Picture<Data> {
  const line = columns * channels;
  const resized = emptyLike(data, height * line);
  const taps = bicubicWeights(rows, height).map(weightsFor(data));
  for (let row = 0; row < height; row++) {
    resample(data, taps[row].from * line, line, taps[row].weights, resized, row * line, line);
  }
  return { data: resized, rows: height, columns, channels };
}

/** Writes `count` values, each the weighted sum of values that stand `stride` apart. */
function resample(
  source: Uint8Array | Float32Array,
  at: number,
  stride: number,
  weights: readonly number[],
  target: Uint8Array | Float32Array,
  to: number,
  count: number,
): void {
  const levels = target instanceof Uint8Array;
  for (let i = 0; i < count; i++) {
    let sum = levels ? HALF : 0;
    for (let k = 0, j = at + i; k < weights.length; k++, j += stride) sum += source[j] * weights[k];
    target[to + i] = levels ? clip(sum >> BITS) : sum;
  }
}

/** Of the fixed-point weights: 32 without the 8 of a level and 2 for sums that exceed one. */
const BITS = 22;
const HALF = 2 ** (BITS - 1);

const weightsFor =
  (data: Uint8Array | Float32Array) =>
  ({ from, weights }: ResampleWeights): ResampleWeights =>
    data instanceof Uint8Array ? { from, weights: weights.map(fixed) } : { from, weights };

const fixed = (weight: number): number => Math.trunc(weight * 2 ** BITS + (weight < 0 ? -0.5 : 0.5));

const clip = (level: number): number => Math.min(255, Math.max(0, level));

const emptyLike = <Data extends Uint8Array | Float32Array>(data: Data, length: number): Data =>
  (data instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length)) as Data;
