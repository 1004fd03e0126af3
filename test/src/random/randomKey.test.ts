import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidArgumentError } from '../../../src/error/invalidArgumentError.js';
import { foldIn, randomKey } from '../../../src/random/randomKey.js';

describe('randomKey', () => {
  it.each([
    [randomKey(0), [768504805, 323543615]],
    [randomKey(-1), [4205213481, 77496094]],
    [randomKey(7, 'test', 0), [608190959, 1929788883]],
    [randomKey(7, 'a', 'b'), [3076121153, 4130254241]],
    [randomKey(7, 'ab'), [609923571, 1881123131]],
    [randomKey(2 ** 40, ''), [1828949510, 3602444763]],
    [randomKey(1, 'shuffle', 3, 59999), [328208609, 4058721703]],
  ])('is the same in each version (%j)', (key, expected) => {
    expect(key).toEqual(expected);
  });

  it('differs where any part differs', () => {
    const part = fc.oneof(fc.maxSafeInteger(), fc.string(), fc.string({ minLength: 5, maxLength: 40 }));
    const parts = fc.tuple(fc.maxSafeInteger(), fc.array(part, { maxLength: 4 }));
    fc.assert(
      fc.property(parts, parts, ([seed, a], [otherSeed, b]) => {
        fc.pre(JSON.stringify([seed, a]) !== JSON.stringify([otherSeed, b]));
        expect(randomKey(seed, ...a)).not.toEqual(randomKey(otherSeed, ...b));
      }),
    );
  });

  it.each([
    ['a', 'a\0'],
    ['', '\0'],
    ['1', 1],
    ['abcdefgh', 'abcdefg'],
    [2 ** 32, 0],
    [-1, 2 ** 32 - 1],
  ])('tells %j from %j', (a, b) => {
    expect(randomKey(1, a)).not.toEqual(randomKey(1, b));
  });

  it('can be derived in steps', () => {
    expect(foldIn(foldIn(randomKey(3), 'augment'), 5)).toEqual(randomKey(3, 'augment', 5));
  });

  it.each([0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('refuses %d', value => {
    expect(() => randomKey(value)).toThrow(InvalidArgumentError);
    expect(() => randomKey(1, value)).toThrow(/give an integer/);
  });
});
