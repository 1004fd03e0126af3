const M0 = 0xd2511f53;
const M1 = 0xcd9e8d57;
const W0 = 0x9e3779b9;
const W1 = 0xbb67ae85;
const ROUNDS = 10;

/**
 * Philox4x32-10: a bijection of 128-bit counters, chosen by a 64-bit key, whose outputs pass as random. So the n-th
 * number of a key is a function call, not the end of a chain. Writes four 32-bit words to `out` from `at` on.
 *
 * Source: Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011. TensorFlow's generator is the same.
 */
export function philox(
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  k0: number,
  k1: number,
  out: Uint32Array,
  at = 0,
): void {
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = multiplyHigh(M0, c0);
    const low0 = Math.imul(M0, c0);
    const high1 = multiplyHigh(M1, c2);
    const low1 = Math.imul(M1, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + W0) | 0;
    k1 = (k1 + W1) | 0;
  }
  out[at] = c0;
  out[at + 1] = c1;
  out[at + 2] = c2;
  out[at + 3] = c3;
}

/** Upper half of the 64-bit product of two unsigned 32-bit numbers, as the bits of an int32. */
export function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle0 = Math.imul(aHigh, bLow);
  const middle1 = Math.imul(aLow, bHigh);
  const carry = ((Math.imul(aLow, bLow) >>> 16) + (middle0 & 0xffff) + (middle1 & 0xffff)) >>> 16;
  return (Math.imul(aHigh, bHigh) + (middle0 >>> 16) + (middle1 >>> 16) + carry) | 0;
}
