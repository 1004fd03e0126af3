import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sizeOf } from '../../../src/array/hostArray.js';
import { arrayBlocks } from '../../../src/file/arrayBlocks.js';

/** Where in row-major order an element stands. */
const position = (shape: readonly number[], index: readonly number[]): number =>
  index.reduce((at, i, axis) => at * shape[axis] + i, 0);

it('blocks cover an array without gap or overlap, each in one piece and none too large', () => {
  const shapes = fc.array(fc.nat({ max: 5 }), { maxLength: 4 });
  fc.assert(
    fc.property(shapes, fc.integer({ min: 1, max: 40 }), (shape, most) => {
      let at = 0;
      for (const { offset, count } of arrayBlocks(shape, most)) {
        const last = offset.map((from, axis) => from + count[axis] - 1);
        expect(position(shape, offset)).toBe(at);
        expect(position(shape, last)).toBe(at + sizeOf(count) - 1);
        expect(sizeOf(count)).toBeLessThanOrEqual(most);
        at += sizeOf(count);
      }
      expect(at).toBe(sizeOf(shape));
    }),
  );
});

it.each([
  { shape: [], most: 1, counts: [[]] },
  {
    shape: [1, 1, 4, 3],
    most: 6,
    counts: [
      [1, 1, 2, 3],
      [1, 1, 2, 3],
    ],
  },
  { shape: [5, 2], most: 100, counts: [[5, 2]] },
  {
    shape: [5, 2],
    most: 4,
    counts: [
      [2, 2],
      [2, 2],
      [1, 2],
    ],
  },
])('cuts $shape into blocks of at most $most elements', ({ shape, most, counts }) => {
  expect([...arrayBlocks(shape, most)].map(({ count }) => count)).toEqual(counts);
});
