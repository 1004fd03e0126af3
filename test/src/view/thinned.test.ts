import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Thinned } from '../../../src/view/thinned.js';

const thinned = (limit: number, count: number): number[] => {
  const kept = new Thinned<number>(limit);
  for (let i = 0; i < count; i++) kept.add(i);
  return kept.items();
};

describe('Thinned', () => {
  it('keeps all up to its limit', () => {
    expect(thinned(4, 0)).toEqual([]);
    expect(thinned(4, 4)).toEqual([0, 1, 2, 3]);
  });

  it('drops every second beyond it, and keeps the last', () => {
    expect(thinned(4, 5)).toEqual([0, 2, 4]);
    expect(thinned(4, 6)).toEqual([0, 2, 4, 5]);
    expect(thinned(3, 4)).toEqual([0, 2, 3]);
    expect(thinned(4, 10)).toEqual([0, 4, 8, 9]);
  });

  it('keeps a bounded number of whatever comes: the first, the last, evenly spread ones between', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 20 }), fc.integer({ min: 1, max: 2000 }), (limit, count) => {
        const items = thinned(limit, count);
        expect(items.length).toBeLessThanOrEqual(limit + 1);
        expect(items[0]).toBe(0);
        expect(items.at(-1)).toBe(count - 1);
        const strides = items.slice(1, -1).map((item, i) => item - items[i]);
        expect(new Set(strides).size).toBeLessThanOrEqual(1);
        if (count > limit) expect(items.length).toBeGreaterThanOrEqual(limit / 2);
      }),
    );
  });
});
