import { philox } from './philox.js';
import type { RandomKey } from './randomKey.js';
import { toUnit } from './uniform.js';

const block = new Uint32Array(4);

/**
 * Number `index` (a whole number from 0) of the key's draws from the standard normal distribution.
 *
 * Marsaglia's polar method: of the transcendental functions it needs `log` alone. `cos` and `sin`, which Box–Muller
 * needs, give other last digits in other versions of V8.
 */
export function normal([k0, k1]: RandomKey, index: number): number {
  for (let attempt = 0; ; attempt++) {
    philox(index, Math.floor(index / 2 ** 32), attempt, 0, k0, k1, block);
    const u = 2 * toUnit(block[0], block[1]) - 1;
    const v = 2 * toUnit(block[2], block[3]) - 1;
    const square = u * u + v * v;
    if (square > 0 && square < 1) return u * Math.sqrt((-2 * Math.log(square)) / square);
  }
}
