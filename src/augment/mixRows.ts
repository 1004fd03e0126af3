import type { HostArray } from '../array/hostArray.js';

/**
 * Each row mixed with the one before it, the first with the last: `share · own + (1 − share) · other`, in float32.
 *
 * @param shares one a row, 0 to 1
 */
export function mixRows({ data, shape }: HostArray, shares: readonly number[]): HostArray {
  const width = data.length / shares.length;
  const mixed = new Float32Array(data.length);
  shares.forEach((share, row) => {
    const [kept, rest] = [Math.fround(share), Math.fround(1 - share)];
    const own = row * width;
    const other = rowBefore(row, shares.length) * width;
    for (let j = 0; j < width; j++) {
      mixed[own + j] = Math.fround(data[other + j] * rest) + Math.fround(data[own + j] * kept);
    }
  });
  return { data: mixed, shape };
}

/** Who is mixed with a row of a batch. */
export const rowBefore = (row: number, size: number): number => (row === 0 ? size : row) - 1;
