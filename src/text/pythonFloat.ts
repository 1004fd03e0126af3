/**
 * A number as Python writes a float: `1.0`, `1e-07`, `1e+20`, `123456789.125`, `nan`, `-inf`, `-0.0`. Shortest digits
 * that read back; with an exponent below 1e-4 and from 1e16 on.
 *
 * Source: `float_repr_style = 'short'` of CPython.
 */
export function pythonFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  if (!Number.isFinite(value)) return `${sign}inf`;
  const [mantissa, exponentText] = Math.abs(value).toExponential().split('e');
  const exponent = Number(exponentText);
  const digits = mantissa.replace('.', '');
  if (exponent < -4 || exponent >= 16) return `${sign}${mantissa}${pythonExponent(exponent)}`;
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  return `${sign}${whole}.${digits.slice(exponent + 1) || '0'}`;
}

/** `e-07`, `e+20`: a sign and at least two digits. */
export function pythonExponent(exponent: number): string {
  return `e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}
