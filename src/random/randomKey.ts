import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { philox } from './philox.js';

/** Chooses one sequence of random numbers: two unsigned 32-bit words. */
export type RandomKey = readonly [number, number];

/**
 * The key of (seed, operator, epoch, index, …): everything random about an element is a function of these alone, so
 * neither prefetch depth nor workers nor a resume can change it. A part is a safe integer or a string.
 *
 * The derivation never changes: a run's seed is a promise about its numbers.
 *
 * @throws InvalidArgumentError where a number is not a safe integer
 */
export function randomKey(seed: number, ...parts: readonly (number | string)[]): RandomKey {
  return parts.reduce<RandomKey>(foldIn, foldIn([0, 0], seed));
}

/** The key that `part` names below `key`: `foldIn(randomKey(seed, 'a'), 3)` is `randomKey(seed, 'a', 3)`. */
export function foldIn(key: RandomKey, part: number | string): RandomKey {
  return typeof part === 'number' ? foldInNumber(key, part) : foldInString(key, part);
}

/** What a counter's last two words hold keeps numbers and strings apart: (0, 1) is a number, (length, 2) a string. */
const NUMBER = 1;
const STRING = 2;
const block = new Uint32Array(4);

function foldInNumber([k0, k1]: RandomKey, value: number): RandomKey {
  if (!Number.isSafeInteger(value)) {
    throw new InvalidArgumentError(`${value} can't be part of a random key: give an integer (a seed, epoch or index).`);
  }
  philox(value, Math.floor(value / 2 ** 32), 0, NUMBER, k0, k1, block);
  return [block[0], block[1]];
}

/** Four UTF-16 code units a block; the length stands in each, so that no string is the beginning of another. */
function foldInString(key: RandomKey, text: string): RandomKey {
  let [k0, k1] = key;
  for (let i = 0; i === 0 || i < text.length; i += 4) {
    const unit = (offset: number): number => (i + offset < text.length ? text.charCodeAt(i + offset) : 0);
    philox(unit(0) | (unit(1) << 16), unit(2) | (unit(3) << 16), text.length, STRING, k0, k1, block);
    [k0, k1] = block;
  }
  return [k0, k1];
}
