import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Queue } from '../../../src/data/queue.js';

it('gives items in the order in which they came, whenever they are taken', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 200 }), pushes => {
      const [queue, expected] = [new Queue<number>(), [] as number[]];
      for (const [i, isPush] of pushes.entries()) {
        if (isPush) {
          queue.push(i);
          expected.push(i);
        } else if (expected.length > 0) expect(queue.take()).toBe(expected.shift());
        expect(queue.length).toBe(expected.length);
      }
      queue.clear();
      expect(queue.length).toBe(0);
    }),
  );
});

/** A plain array's `shift` takes minutes. */
it('takes a million items one by one in no time to speak of', () => {
  const queue = new Queue<number>();
  for (let i = 0; i < 1e6; i++) queue.push(i);
  let sum = 0;
  while (queue.length > 0) sum += queue.take();
  expect(sum).toBe((1e6 * (1e6 - 1)) / 2);
});
