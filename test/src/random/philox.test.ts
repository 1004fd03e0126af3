import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { multiplyHigh, philox } from '../../../src/random/philox.js';

const hex = (words: Uint32Array): string => [...words].map(word => word.toString(16).padStart(8, '0')).join(' ');

describe('philox', () => {
  // kat_vectors of the Random123 library, philox4x32-10.
  it.each([
    [[0, 0, 0, 0], [0, 0], '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
    [[-1, -1, -1, -1], [-1, -1], '408f276d 41c83b0e a20bc7c6 6d5451fd'],
    [[0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0], 'd16cfe09 94fdcceb 5001e420 24126ea1'],
  ])('gives the known answer for counter %j', ([c0, c1, c2, c3], [k0, k1], answer) => {
    const out = new Uint32Array(4);
    philox(c0, c1, c2, c3, k0, k1, out);
    expect(hex(out)).toBe(answer);
  });

  it('writes at the given place and nowhere else', () => {
    const out = new Uint32Array(6);
    philox(0, 0, 0, 0, 0, 0, out, 1);
    expect(hex(out)).toBe('00000000 6627e8d5 e169c58d bc57ac4c 9b00dbd8 00000000');
  });
});

describe('multiplyHigh', () => {
  it('is the upper half of the 64-bit product', () => {
    const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(multiplyHigh(a, b) >>> 0).toBe(Number((BigInt(a) * BigInt(b)) >> 32n));
      }),
    );
  });
});
