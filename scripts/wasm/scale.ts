// AssemblyScript, not TypeScript: `node scripts/wasm.mjs` compiles it into src/data/scaleWasm.ts.

/**
 * Bytes times a factor minus a mean, in float32. Sixteen at once: reads and writes up to fifteen values beyond `count`.
 *
 * @param mean as many float32 values
 */
export function scale(input: usize, output: usize, mean: usize, count: i32, factor: f32): void {
  const factors = f32x4.splat(factor);
  for (let i = 0; i < count; i += 16) {
    const bytes = v128.load(input + i);
    const at: usize = i << 2;
    const low = i16x8.extend_low_i8x16_u(bytes);
    const high = i16x8.extend_high_i8x16_u(bytes);
    scaled(i32x4.extend_low_i16x8_u(low), factors, mean + at, output + at);
    scaled(i32x4.extend_high_i16x8_u(low), factors, mean + at + 16, output + at + 16);
    scaled(i32x4.extend_low_i16x8_u(high), factors, mean + at + 32, output + at + 32);
    scaled(i32x4.extend_high_i16x8_u(high), factors, mean + at + 48, output + at + 48);
  }
}

function scaled(values: v128, factors: v128, mean: usize, output: usize): void {
  v128.store(output, f32x4.sub(f32x4.mul(f32x4.convert_i32x4_s(values), factors), v128.load(mean)));
}
