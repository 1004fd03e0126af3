/**
 * `value · 10^places` as a whole number, rounded half to even on the exact value of the double, as C's printf and
 * Python do (`toFixed` of JavaScript rounds ties up).
 *
 * @param value finite and ≥ 0
 * @param places may be negative
 */
export function exactDecimal(value: number, places: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const biased = Number(bits >> 52n);
  const fraction = bits & ((1n << 52n) - 1n);
  const mantissa = biased === 0 ? fraction : fraction | (1n << 52n);
  const exponent = Math.max(biased, 1) - 1075;

  const numerator = mantissa * 2n ** BigInt(Math.max(0, exponent)) * 10n ** BigInt(Math.max(0, places));
  const denominator = 2n ** BigInt(Math.max(0, -exponent)) * 10n ** BigInt(Math.max(0, -places));
  const quotient = numerator / denominator;
  const twice = 2n * (numerator % denominator);
  const up = twice > denominator || (twice === denominator && quotient % 2n === 1n);
  return up ? quotient + 1n : quotient;
}
