import { philox } from './philox.js';
import type { RandomKey } from './randomKey.js';

const block = new Uint32Array(4);

/** Number `index` (a whole number from 0) of the key's uniform draws from [0, 1), with 53 random bits. */
export function uniform([k0, k1]: RandomKey, index: number): number {
  philox(index, Math.floor(index / 2 ** 32), 0, 0, k0, k1, block);
  return toUnit(block[0], block[1]);
}

/** 64 random bits as a double from [0, 1), of which 53 count. */
export const toUnit = (high: number, low: number): number => ((high >>> 5) * 2 ** 26 + (low >>> 6)) / 2 ** 53;
