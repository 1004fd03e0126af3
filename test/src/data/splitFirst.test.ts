import { describe, expect, it } from 'vitest';
import { fromArrays } from '../../../src/data/fromArrays.js';
import { splitFirst } from '../../../src/data/splitFirst.js';

const source = (y: number[]) => fromArrays({ x: { data: Uint8Array.from(y, (_, i) => i), shape: [y.length, 1] }, y });

describe('splitFirst', () => {
  it('takes the first rows for validation', () => {
    const { training, validation } = splitFirst(source([0, 1, 0, 1, 1]), 0.4);
    expect([Array.from(validation.x.data), Array.from(training.x.data)]).toEqual([
      [0, 1],
      [2, 3, 4],
    ]);
  });

  it('names the classes that a part lacks, unless it may', () => {
    const sorted = source([0, 0, 1, 1, 2, 2]);
    expect(() => splitFirst(sorted, 0.34)).toThrow('they lack 1, 2; the rest lacks 0. Shuffle the rows before');
    expect(splitFirst(sorted, 0.34, { ignoreClassSplit: true }).validation.size).toBe(2);
  });

  it.each([0, 1, -0.5, Number.NaN])('refuses the fraction %d', fraction => {
    expect(() => splitFirst(source([0, 0]), fraction)).toThrow('give a number between 0 and 1');
  });
});
