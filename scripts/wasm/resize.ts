// AssemblyScript, not TypeScript: `node scripts/wasm.mjs` compiles it into src/picture/resizeWasm.ts.

/** A weight of 1: weights are whole numbers, so that two products and their sum are one instruction. */
const WEIGHT_BITS: i32 = 14;
/** What is kept behind the point between the two directions; above it, room for what kernels overshoot. */
const KEPT_BITS: i32 = 6;

/**
 * Weighted sums of pixels, first down the columns, then along the rows.
 *
 * A table of taps has, for each row (column) of the result, the first row (column) of the picture that goes into it, then
 * `taps` weights for that one and those after it. `taps` is even, and weights that stand for nothing are 0: what they are
 * multiplied with is read all the same, up to a row and 16 bytes beyond the picture. Writes up to 32 bytes beyond `line`, 16 beyond
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
    const weights = rowWeights + <usize>(i * rowTaps * 2);
    if (rowTaps === 2) blendDown(first, pitch, values, load<i16>(weights + 2), line);
    else sumDown(first, pitch, values, weights, rowTaps, line);
    let j = 0;
    if (columnTaps === 2) {
      for (; j < columns - 1; j += 2, to += (<usize>channels) << 1) {
        const firsts = load<u64>(columnFirsts + (j << 2));
        const left = line + <usize>(<i32>firsts * channels * 2);
        const right = line + <usize>(<i32>(firsts >> 32) * channels * 2);
        const weights = columnWeights + (j << 2);
        const words = i16x8.narrow_i32x4_s(sumOfTwo(left, pairs, weights), sumOfTwo(right, pairs, weights + 4));
        const bytes = i8x16.narrow_i16x8_u(words, words);
        v128.store32_lane(to, bytes, 0);
        v128.store32_lane(to + channels, bytes, 1);
      }
    }
    for (; j < columns; j++, to += channels) {
      const from = line + <usize>(load<i32>(columnFirsts + (j << 2)) * channels * 2);
      const sums = sumAlong(from, channels * 4, pairs, columnWeights + <usize>(j * columnTaps * 2), columnTaps);
      const words = i16x8.narrow_i32x4_s(sums, sums);
      v128.store32_lane(to, i8x16.narrow_i16x8_u(words, words), 0);
    }
  }
}

/** {@link sumDown} of two rows: from the upper one to the lower one goes `part`, in 2⁻¹⁴. */
function blendDown(above: usize, pitch: usize, values: i32, part: i32, line: usize): void {
  // 15 bits, of which 1 itself is the least bit short: too little to tell between bytes.
  const parts = i16x8.splat(<i16>min(part << 1, 32767));
  const below = above + pitch;
  for (let x = 0; x < values; x += 16) {
    const upper = v128.load(above + x);
    const lower = v128.load(below + x);
    const to = line + (x << 1);
    v128.store(to, blend(i16x8.extend_low_i8x16_u(upper), i16x8.extend_low_i8x16_u(lower), parts));
    v128.store(to + 16, blend(i16x8.extend_high_i8x16_u(upper), i16x8.extend_high_i8x16_u(lower), parts));
  }
}

function blend(from: v128, to: v128, parts: v128): v128 {
  const difference = i16x8.shl(i16x8.sub(to, from), KEPT_BITS);
  return i16x8.add(i16x8.shl(from, KEPT_BITS), i16x8.q15mulr_sat_s(difference, parts));
}

/** {@link sumAlong} of two taps. */
function sumOfTwo(from: usize, pairs: v128, weights: usize): v128 {
  const products = i32x4.dot_i16x8_s(i8x16.swizzle(v128.load(from), pairs), v128.load32_splat(weights));
  const half = i32x4.splat(1 << (WEIGHT_BITS + KEPT_BITS - 1));
  return i32x4.shr_s(i32x4.add(products, half), WEIGHT_BITS + KEPT_BITS);
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
