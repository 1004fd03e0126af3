import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Closable } from '../../pipelines/closable.js';

const failing = (): AsyncIterable<number> => ({
  [Symbol.asyncIterator]: () => ({
    next: async () => ({ done: false, value: 1 }),
    return: () => Promise.reject(new Error('disk gone')),
  }),
});

it('tells what closing failed with to who waits for it, and leaves no rejection behind where nobody does', async () => {
  const closable = new Closable(failing());
  for await (const _ of closable.items) break;
  await turn();
  await expect(closable.closed()).rejects.toThrow('disk gone');
});
