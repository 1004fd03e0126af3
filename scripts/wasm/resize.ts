// AssemblyScript, not TypeScript: `node scripts/wasm.mjs` compiles it into src/data/resizeWasm.ts.

/** A weight of 1: weights are whole numbers, so that two products and their sum are one instruction. */
const WEIGHT_BITS: i32 = 14;
/** What is kept behind the point between the two directions; above it, room for what kernels overshoot. */
const KEPT_BITS: i32 = 6;

/**
 * Weighted sums of pixels, first down the columns, then along the rows.
 *
 * A table of taps has, for each row (column) of the result, the first row (column) of the picture that goes into it, then
 * `taps` weights for that one and those after it. `taps` is even, and weights that stand for nothing are 0: what they are
 * multiplied with is read all the same, up to a row and 16 bytes beyond the picture. Writes up to 16 bytes beyond `line` and
 * `output`.
 *
 * @param pitch bytes from one row of the picture to the next
 * @param values of a row that count: columns times channels
 * @param line room for one row of 16-bit numbers
 */
export function resize(
  input: usize,
  pitch: usize,
  values: i32,
  channels: i32,
  rowFirsts: usize,
  rowWeights: usize,
  rowTaps: i32,
  rows: i32,
  columnFirsts: usize,
  columnWeights: usize,
  columnTaps: i32,
  columns: i32,
  line: usize,
  output: usize,
): void {
  const pairs = pixelPairs(channels);
  let to = output;
  for (let i = 0; i < rows; i++) {
    const first = input + <usize>load<i32>(rowFirsts + (i << 2)) * pitch;
    sumDown(first, pitch, values, rowWeights + <usize>(i * rowTaps * 2), rowTaps, line);
    for (let j = 0; j < columns; j++, to += channels) {
      const from = line + <usize>(load<i32>(columnFirsts + (j << 2)) * channels * 2);
      const sums = sumAlong(from, channels * 4, pairs, columnWeights + <usize>(j * columnTaps * 2), columnTaps);
      const words = i16x8.narrow_i32x4_s(sums, sums);
      v128.store32_lane(to, i8x16.narrow_i16x8_u(words, words), 0);
    }
  }
}

/** Sums of a column's bytes, for all columns of the picture. */
function sumDown(first: usize, pitch: usize, values: i32, weights: usize, taps: i32, line: usize): void {
  for (let x = 0; x < values; x += 8) {
    let low = i32x4.splat(1 << (WEIGHT_BITS - KEPT_BITS - 1));
    let high = low;
    let from = first + x;
    for (let k = 0; k < taps; k += 2, from += 2 * pitch) {
      const above = v128.load64_zero(from);
      const below = v128.load64_zero(from + pitch);
      const both = i8x16.shuffle(above, below, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      const weight = v128.load32_splat(weights + (k << 1));
      low = i32x4.add(low, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(both), weight));
      high = i32x4.add(high, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(both), weight));
    }
    low = i32x4.shr_s(low, WEIGHT_BITS - KEPT_BITS);
    high = i32x4.shr_s(high, WEIGHT_BITS - KEPT_BITS);
    v128.store(line + (x << 1), i16x8.narrow_i32x4_s(low, high));
  }
}

/** One pixel of the result, a channel in each lane. */
function sumAlong(from: usize, step: usize, pairs: v128, weights: usize, taps: i32): v128 {
  let sums = i32x4.splat(1 << (WEIGHT_BITS + KEPT_BITS - 1));
  for (let k = 0; k < taps; k += 2, from += step) {
    const both = i8x16.swizzle(v128.load(from), pairs);
    sums = i32x4.add(sums, i32x4.dot_i16x8_s(both, v128.load32_splat(weights + (k << 1))));
  }
  return i32x4.shr_s(sums, WEIGHT_BITS + KEPT_BITS);
}

/** Puts channel by channel, of two pixels that lie side by side, the one beside the other. */
function pixelPairs(channels: i32): v128 {
  if (channels === 1) return i8x16(0, 1, 2, 3, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1);
  if (channels === 3) return i8x16(0, 1, 6, 7, 2, 3, 8, 9, 4, 5, 10, 11, -1, -1, -1, -1);
  return i8x16(0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15);
}
