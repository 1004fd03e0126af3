import { setImmediate as turn } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
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

const hanging = (): AsyncIterable<number> => ({
  [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}), return: () => new Promise(() => {}) }),
});

it('gives up an iterator that hangs in a read after a second, and leaves no timer behind', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const closable = new Closable(hanging());
    const iterator = (closable.items as AsyncIterable<number>)[Symbol.asyncIterator]();
    void iterator.next();
    await iterator.return?.();
    let isGivenUp = false;
    const closed = closable.closed().then(() => {
      isGivenUp = true;
    });
    await vi.advanceTimersByTimeAsync(999);
    expect(isGivenUp).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await closed;
    const quick = new Closable(failing());
    for await (const _ of quick.items) break;
    await expect(quick.closed()).rejects.toThrow('disk gone');
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});
