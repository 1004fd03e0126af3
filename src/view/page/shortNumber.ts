/** A number with so many digits at most; small ones with an exponent. */
export function shortNumber(value: number, digits: number): string {
  const isSmall = value !== 0 && Math.abs(value) < 1e-3;
  const text = isSmall ? value.toExponential(digits - 1) : String(Number(value.toPrecision(digits)));
  return text.replace(/\.?0+e/, 'e');
}
