import { describe, expect, it } from 'vitest';
import { bfloat16ToFloat32, float16ToFloat32 } from '../../../src/file/halfPrecision.js';

/** By the definition, of a number of 16 bits with so many of fraction. */
function numberOf(bits: number, fractionBits: number, bias: number): number {
  const sign = bits >> 15 === 0 ? 1 : -1;
  const exponent = (bits & 0x7fff) >> fractionBits;
  const fraction = (bits & (2 ** fractionBits - 1)) / 2 ** fractionBits;
  if (exponent === 2 * bias + 1) return fraction === 0 ? sign * Infinity : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** (1 - bias) : sign * (1 + fraction) * 2 ** (exponent - bias);
}

describe.each([
  ['float16ToFloat32', float16ToFloat32, 10, 15],
  ['bfloat16ToFloat32', bfloat16ToFloat32, 7, 127],
] as const)('%s', (_, widen, fractionBits, bias) => {
  it('gives the value of each of the 65,536 numbers', () => {
    const all = Uint16Array.from({ length: 2 ** 16 }, (_, i) => i);
    const expected = Float32Array.from(all, bits => numberOf(bits, fractionBits, bias));
    expect(widen(all)).toEqual(expected);
  });
});
