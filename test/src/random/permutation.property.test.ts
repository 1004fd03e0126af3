import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { permutation } from '../../../src/random/permutation.js';
import { randomKey } from '../../../src/random/randomKey.js';

describe('permutation', () => {
  it('has each row once, whatever the size and the key', () => {
    fc.assert(
      fc.property(fc.nat(3000), fc.maxSafeInteger(), (size, seed) => {
        const sorted = permutation(size, randomKey(seed)).sort();
        expect(sorted.length).toBe(size);
        expect(sorted.every((row, i) => row === i)).toBe(true);
      }),
    );
  });

  it('differs from epoch to epoch and repeats for the same epoch', () => {
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 500 }), fc.maxSafeInteger(), fc.nat(1000), (size, seed, epoch) => {
        const order = (of: number) => permutation(size, randomKey(seed, 'samples', of)).join();
        expect(order(epoch)).toBe(order(epoch));
        expect(order(epoch)).not.toBe(order(epoch + 1));
      }),
    );
  });
});
