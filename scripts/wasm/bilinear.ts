// AssemblyScript, not TypeScript: `node scripts/wasm.mjs` compiles it into src/augment/bilinearWasm.ts.

/** The pixel that begins a word of bytes; its fourth lane is 0. */
function firstPixel(bytes: v128): v128 {
  return f32x4.convert_i32x4_s(
    i8x16.swizzle(bytes, i8x16(0, -1, -1, -1, 1, -1, -1, -1, 2, -1, -1, -1, -1, -1, -1, -1)),
  );
}

/** The one after it. */
function secondPixel(bytes: v128): v128 {
  return f32x4.convert_i32x4_s(
    i8x16.swizzle(bytes, i8x16(3, -1, -1, -1, 4, -1, -1, -1, 5, -1, -1, -1, -1, -1, -1, -1)),
  );
}

function between(from: v128, to: v128, part: v128): v128 {
  return f32x4.add(from, f32x4.mul(part, f32x4.sub(to, from)));
}

/**
 * `warpGeneral` for three channels of bytes, bilinear, with border `nearest`; then `shiftChannels`, unless `shift` is 0. The
 * same numbers to the last bit.
 *
 * Reads up to one row and 8 bytes beyond the picture, to multiply what is there with 0; writes up to 16 bytes beyond.
 */
export function warp(
  rows: i32,
  columns: i32,
  input: usize,
  output: usize,
  a0: f64,
  a1: f64,
  a2: f64,
  b0: f64,
  b1: f64,
  b2: f64,
  shift: f32,
): void {
  const pitch: usize = columns * 3;
  const zero = f64x2.splat(0);
  const last = f64x2(columns - 1, rows - 1);
  const step = f64x2(a0, b0);
  // A whole number plus 2⁵² has the number itself in its lowest bits.
  const wholeBits = f64x2.splat(4503599627370496);
  let low = f32x4.splat(f32.MAX_VALUE);
  let high = f32x4.splat(-f32.MAX_VALUE);
  let to = output;
  for (let i = 0; i < rows; i++) {
    const start = f64x2(a1 * i + a2, b1 * i + b2);
    for (let j = 0; j < columns; j++, to += 12) {
      const wanted = f64x2.add(f64x2.mul(step, f64x2.splat(j)), start);
      const place = f64x2.pmax(zero, f64x2.pmin(last, wanted));
      const whole = f64x2.floor(place);
      const part = f32x4.demote_f64x2_zero(f64x2.sub(place, whole));
      const bits = f64x2.add(whole, wholeBits);
      const from = input + <usize>i32x4.extract_lane(bits, 2) * pitch + <usize>i32x4.extract_lane(bits, 0) * 3;
      const above = v128.load64_zero(from);
      const below = v128.load64_zero(from + pitch);
      const right = v128.shuffle<f32>(part, part, 0, 0, 0, 0);
      const value = between(
        between(firstPixel(above), secondPixel(above), right),
        between(firstPixel(below), secondPixel(below), right),
        v128.shuffle<f32>(part, part, 1, 1, 1, 1),
      );
      low = f32x4.pmin(low, value);
      high = f32x4.pmax(high, value);
      v128.store(to, value);
    }
  }
  if (shift === 0) return;
  const lowest = min(min(f32x4.extract_lane(low, 0), f32x4.extract_lane(low, 1)), f32x4.extract_lane(low, 2));
  const highest = max(max(f32x4.extract_lane(high, 0), f32x4.extract_lane(high, 1)), f32x4.extract_lane(high, 2));
  for (let at = output; at < to; at += 16) {
    const shifted = f32x4.add(v128.load(at), f32x4.splat(shift));
    v128.store(at, f32x4.pmax(f32x4.splat(lowest), f32x4.pmin(f32x4.splat(highest), shifted)));
  }
}
