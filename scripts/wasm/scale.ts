// AssemblyScript, not TypeScript: `node scripts/wasm.mjs` compiles it into src/data/scaleWasm.ts.

/**
 * Bytes times a factor minus a mean, in float32. Sixteen at once: reads and writes up to fifteen values beyond `count`.
 *
 * @param mean as many float32 values, or 0 for none
 */
export function scale(input: usize, output: usize, mean: usize, count: i32, factor: f32): void {
  const factors = f32x4.splat(factor);
  for (let i = 0; i < count; i += 16) {
    const bytes = v128.load(input + i);
    const at: usize = i << 2;
    const low = i16x8.extend_low_i8x16_u(bytes);
    const high = i16x8.extend_high_i8x16_u(bytes);
    let a = scaled(i32x4.extend_low_i16x8_u(low), factors);
    let b = scaled(i32x4.extend_high_i16x8_u(low), factors);
    let c = scaled(i32x4.extend_low_i16x8_u(high), factors);
    let d = scaled(i32x4.extend_high_i16x8_u(high), factors);
    if (mean !== 0) {
      a = f32x4.sub(a, v128.load(mean + at));
      b = f32x4.sub(b, v128.load(mean + at, 16));
      c = f32x4.sub(c, v128.load(mean + at, 32));
      d = f32x4.sub(d, v128.load(mean + at, 48));
    }
    v128.store(output + at, a);
    v128.store(output + at, b, 16);
    v128.store(output + at, c, 32);
    v128.store(output + at, d, 48);
  }
}

function scaled(values: v128, factors: v128): v128 {
  return f32x4.mul(f32x4.convert_i32x4_s(values), factors);
}
