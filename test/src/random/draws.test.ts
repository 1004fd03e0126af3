import { describe, expect, it } from 'vitest';
import { InvalidArgumentError } from '../../../src/error/invalidArgumentError.js';
import { drawSeed } from '../../../src/random/drawSeed.js';
import { integer } from '../../../src/random/integer.js';
import { normal } from '../../../src/random/normal.js';
import { permutation } from '../../../src/random/permutation.js';
import { randomKey } from '../../../src/random/randomKey.js';
import { uniform } from '../../../src/random/uniform.js';

const key = randomKey(7, 'test', 0);
const ten = (draw: (index: number) => number): number[] => Array.from({ length: 10 }, (_, index) => draw(index));

/** Σ (observed − expected)² / expected over equally likely cells. */
function chiSquare(cells: number[]): number {
  const expected = cells.reduce((sum, count) => sum + count, 0) / cells.length;
  return cells.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/** Bound on chi-square of k degrees of freedom that chance exceeds once in about 30,000 times. */
const bound = (degrees: number): number => degrees + 4 * Math.sqrt(2 * degrees) + 8;

describe('the draws of a key', () => {
  it('of uniform numbers are the same in each version', () => {
    expect(ten(i => uniform(key, i))).toEqual([
      0.9594071854242593, 0.36118485801925504, 0.4934415359428025, 0.07508788718789328, 0.5187254867210541,
      0.6256620237582173, 0.42062047487618914, 0.5657487400729944, 0.15696274907240348, 0.43826543784354066,
    ]);
  });

  it('of normal numbers are the same in each version', () => {
    expect(ten(i => normal(key, i))).toEqual([
      0.5502895538638066, -1.7255307970256992, -0.03190795385455667, -0.6450358098990516, 0.4620298437690515,
      0.25187188973370284, -0.18077518421773825, 0.18159838816322751, -1.049310296075106, -0.14486708050951563,
    ]);
  });

  it('of integers are the same in each version', () => {
    expect(ten(i => integer(key, i, 1000))).toEqual([959, 361, 493, 75, 518, 625, 420, 565, 156, 438]);
  });

  it('have the moments of their distributions', () => {
    const size = 20_000;
    const mean = (draw: (i: number) => number) => {
      let sum = 0;
      for (let i = 0; i < size; i++) sum += draw(i);
      return sum / size;
    };
    expect(mean(i => uniform(key, i))).toBeCloseTo(1 / 2, 1.9);
    expect(mean(i => uniform(key, i) ** 2)).toBeCloseTo(1 / 3, 1.9);
    expect(Math.abs(mean(i => normal(key, i)))).toBeLessThan(0.03);
    expect(Math.abs(mean(i => normal(key, i) ** 2) - 1)).toBeLessThan(0.04);
    expect(Math.abs(mean(i => normal(key, i) ** 4) - 3)).toBeLessThan(0.3);
  });

  it.each([2, 3, 10, 97])('of integers below %i are spread evenly', size => {
    const cells = new Array<number>(size).fill(0);
    for (let i = 0; i < 20_000; i++) cells[integer(key, i, size)]++;
    expect(chiSquare(cells)).toBeLessThan(bound(size - 1));
  });

  it('of integers have no bias where the bound is large', () => {
    // Without rejection every third number would be twice as likely.
    const cells = [0, 0, 0];
    for (let i = 0; i < 20_000; i++) cells[integer(key, i, 3 * 2 ** 30) % 3]++;
    expect(chiSquare(cells)).toBeLessThan(bound(2));
    expect(integer(key, 0, 2 ** 32)).toBeGreaterThan(0);
    expect(integer(key, 0, 1)).toBe(0);
  });

  it('differ from one index to the next, far beyond 32 bits', () => {
    const indices = [0, 1, 2 ** 31, 2 ** 32, 2 ** 32 + 1, 2 ** 52];
    expect(new Set(indices.map(i => uniform(key, i))).size).toBe(indices.length);
  });

  it.each([0, -1, 1.5, 2 ** 32 + 1, Number.NaN])('refuse %d as a bound', wrong => {
    expect(() => integer(key, 0, wrong)).toThrow(InvalidArgumentError);
  });
});

describe('permutation', () => {
  it('is the same in each version', () => {
    expect([...permutation(10, key)]).toEqual([1, 3, 7, 8, 0, 6, 2, 4, 5, 9]);
  });

  it('makes all orders equally likely', () => {
    const counts = new Map<string, number>();
    for (let i = 0; i < 12_000; i++) {
      const order = permutation(4, randomKey(1, 'orders', i)).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    expect(chiSquare([...counts.values()])).toBeLessThan(bound(23));
  });

  it.each([-1, 1.5, 2 ** 31, Number.NaN])('refuses a size of %d', size => {
    expect(() => permutation(size, key)).toThrow(InvalidArgumentError);
  });
});

describe('drawSeed', () => {
  it('gives another seed each time, which fits an int32', () => {
    const seeds = Array.from({ length: 20 }, drawSeed);
    expect(new Set(seeds).size).toBe(20);
    for (const seed of seeds) expect(seed).toBe(Math.abs(seed | 0));
  });
});
