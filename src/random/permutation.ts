import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { biasedBelow } from './integer.js';
import { multiplyHigh, philox } from './philox.js';
import type { RandomKey } from './randomKey.js';

const MAX_SIZE = 2 ** 31 - 1;

/**
 * The numbers 0 … `size` − 1 in the order that the key chooses: Fisher–Yates, every order equally likely as far as
 * 64 bits of key reach.
 *
 * @throws InvalidArgumentError where the size is not a whole number below 2³¹
 */
export function permutation(size: number, [k0, k1]: RandomKey): Int32Array {
  if (!Number.isInteger(size) || size < 0 || size > MAX_SIZE) {
    throw new InvalidArgumentError(`${size} rows can't be put in random order: the number must be 0 … ${MAX_SIZE}.`);
  }
  const order = new Int32Array(size);
  for (let i = 0; i < size; i++) order[i] = i;

  const words = new Uint32Array(4);
  let counter = 0;
  let next = words.length;
  for (let last = size - 1; last > 0; last--) {
    const bound = last + 1;
    let other: number;
    for (;;) {
      if (next === words.length) {
        philox(counter, Math.floor(counter / 2 ** 32), 0, 0, k0, k1, words);
        counter++;
        next = 0;
      }
      const word = words[next++];
      const low = Math.imul(word, bound) >>> 0;
      // A low half of at least `bound` is never biased; that spares the division for nearly every row.
      if (low >= bound || low >= biasedBelow(bound)) {
        other = multiplyHigh(word, bound) >>> 0;
        break;
      }
    }
    const swapped = order[last];
    order[last] = order[other];
    order[other] = swapped;
  }
  return order;
}
