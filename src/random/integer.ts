import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { multiplyHigh, philox } from './philox.js';
import type { RandomKey } from './randomKey.js';

const block = new Uint32Array(4);

/**
 * Number `index` (a whole number from 0) of the key's uniform draws from 0 … `bound` − 1, without bias.
 *
 * @param bound 1 … 2³²
 * @throws InvalidArgumentError for another bound
 */
export function integer([k0, k1]: RandomKey, index: number, bound: number): number {
  if (!Number.isInteger(bound) || bound < 1 || bound > 2 ** 32) {
    throw new InvalidArgumentError(`A random integer below ${bound} can't be drawn: the bound must be 1 … 2^32.`);
  }
  const biased = biasedBelow(bound);
  for (let attempt = 0; ; attempt++) {
    philox(index, Math.floor(index / 2 ** 32), attempt, 0, k0, k1, block);
    if (bound === 2 ** 32) return block[0];
    if (Math.imul(block[0], bound) >>> 0 >= biased) return multiplyHigh(block[0], bound) >>> 0;
  }
}

/**
 * Words are mapped to 0 … `bound` − 1 by the upper half of `word · bound`; one whose lower half is below this number
 * must be drawn anew, so that all results have equally many words.
 *
 * Source: Lemire, "Fast Random Integer Generation in an Interval", ACM TOMACS 2019.
 */
export const biasedBelow = (bound: number): number => 2 ** 32 % bound;
