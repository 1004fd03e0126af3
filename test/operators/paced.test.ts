import { setTimeout as wait } from 'node:timers/promises';
import fc from 'fast-check';
import {
  bufferCount,
  catchError,
  concat,
  EMPTY,
  filter,
  identity,
  lastValueFrom,
  map,
  merge,
  mergeMap,
  type Observable,
  of,
  startWith,
  take,
  timer,
  toArray,
} from 'rxjs';
import { describe, expect, it } from 'vitest';
import { paced } from '../../operators/paced.js';
import { InvalidArgumentError } from '../../src/error/invalidArgumentError.js';
import { CountingSource } from '../helpers/countingSource.js';

const all = <R>(results: Observable<R>): Promise<R[]> => lastValueFrom(results.pipe(toArray()));

const failed = async (results: Observable<unknown>): Promise<{ before: unknown[]; error: unknown }> => {
  const before: unknown[] = [];
  const error = await new Promise(resolve =>
    results.subscribe({ next: result => before.push(result), error: resolve, complete: () => resolve('completed') }),
  );
  return { before, error };
};

const kinds = [
  ['a synchronous', (source: CountingSource): Iterable<number> | AsyncIterable<number> => source],
  ['an asynchronous', (source: CountingSource) => source.asynchronous()],
] as const;

describe.each(kinds)('paced with %s source', (_, kind) => {
  const echo = async (item: number) => item;

  it('never ends while consume does not', async () => {
    const source = new CountingSource();
    const seen: unknown[] = [];
    const subscription = paced({
      source: kind(source),
      through: identity,
      consume: () => new Promise(() => {}),
    }).subscribe({ next: result => seen.push(result), complete: () => seen.push('complete') });
    await wait(10);
    subscription.unsubscribe();
    expect(seen).toEqual([]);
    expect(source.returns).toBe(1);
  });

  it('completes for an empty source', async () => {
    expect(await all(paced({ source: kind(new CountingSource(0)), through: identity, consume: echo }))).toEqual([]);
  });

  it('emits results in order, one consume at a time', async () => {
    let running = 0;
    const consume = async (item: number) => {
      expect(++running).toBe(1);
      await wait(item % 3);
      running--;
      return item * 10;
    };
    expect(await all(paced({ source: kind(new CountingSource(6)), through: identity, consume }))).toEqual([
      0, 10, 20, 30, 40, 50,
    ]);
  });

  it('lets through hold items back, and flush them at the end', async () => {
    const consume = async (items: number[]) => items.join('');
    const results = paced({ source: kind(new CountingSource(5)), through: bufferCount(2), consume });
    expect(await all(results)).toEqual(['01', '23', '4']);
  });

  it('consumes every item that through makes of one, or before any', async () => {
    const through = (source: Observable<number>) =>
      source.pipe(
        mergeMap(n => of(n, n)),
        startWith(-1),
      );
    expect(await all(paced({ source: kind(new CountingSource(2)), through, consume: echo }))).toEqual([-1, 0, 0, 1, 1]);
  });

  it('delivers an error of the source when all items before it were consumed', async () => {
    const error = new Error('disk on fire');
    const source = new CountingSource(3, error);
    const result = await failed(paced({ source: kind(source), through: identity, consume: echo, ahead: 10 }));
    expect(result).toEqual({ before: [0, 1, 2], error });
    expect(source.returns).toBe(0);
  });

  it('lets through catch an error of the source', async () => {
    const through = catchError<number, Observable<number>>(() => of(99));
    const source = new CountingSource(2, new Error('mended'));
    expect(await all(paced({ source: kind(source), through, consume: echo }))).toEqual([0, 1, 99]);
  });

  it('delivers an error of through when all items before it were consumed, and closes the source', async () => {
    const error = new Error('not a picture');
    const source = new CountingSource();
    const through = map((n: number) => {
      if (n === 2) throw error;
      return n;
    });
    expect(await failed(paced({ source: kind(source), through, consume: echo, ahead: 10 }))).toEqual({
      before: [0, 1],
      error,
    });
    expect(source.returns).toBe(1);
  });

  it.each([
    ['rejects', async (item: number) => (item < 2 ? item : Promise.reject(new Error('no memory')))],
    [
      'throws',
      (item: number) => {
        if (item < 2) return Promise.resolve(item);
        throw new Error('no memory');
      },
    ],
  ])('fails, closes the source and takes no further step where consume %s', async (_how, step) => {
    const source = new CountingSource();
    const consumed: number[] = [];
    const consume = (item: number) => {
      consumed.push(item);
      return step(item);
    };
    const result = await failed(paced({ source: kind(source), through: identity, consume }));
    expect(result).toEqual({ before: [0, 1], error: new Error('no memory') });
    expect(consumed).toEqual([0, 1, 2]);
    expect(source.returns).toBe(1);
  });

  it('ends when through completes: what it gave is consumed, the source is closed and not pulled in vain', async () => {
    const source = new CountingSource();
    expect(await all(paced({ source: kind(source), through: take(4), consume: echo }))).toEqual([0, 1, 2, 3]);
    expect(source).toMatchObject({ pulls: 4, returns: 1 });
  });

  it('ends without a pull where through is empty', async () => {
    const source = new CountingSource();
    expect(await all(paced({ source: kind(source), through: () => EMPTY, consume: echo }))).toEqual([]);
    expect(source).toMatchObject({ pulls: 0, returns: 1 });
  });

  it('takes no further step when a downstream operator completes, and closes the source', async () => {
    const source = new CountingSource();
    const consumed: number[] = [];
    const consume = async (item: number) => consumed.push(item);
    await all(paced({ source: kind(source), through: identity, consume }).pipe(take(3)));
    await wait(5);
    expect(consumed).toEqual([0, 1, 2]);
    expect(source.returns).toBe(1);
  });

  it('closes the source when a downstream operator throws', async () => {
    const source = new CountingSource();
    const error = new Error('downstream');
    const results = paced({ source: kind(source), through: identity, consume: echo });
    const throwing = results.pipe(
      map(() => {
        throw error;
      }),
    );
    expect(await failed(throwing)).toEqual({ before: [], error });
    expect(source.returns).toBe(1);
  });

  it('drops the running result when it is unsubscribed, and closes the source once', async () => {
    const source = new CountingSource();
    const seen: number[] = [];
    let started = 0;
    const consume = async (item: number) => {
      started++;
      await wait(5);
      return item;
    };
    const results = paced({ source: kind(source), through: identity, consume });
    const subscription = results.subscribe(item => seen.push(item));
    while (started === 0) await wait(1);
    subscription.unsubscribe();
    subscription.unsubscribe();
    await wait(15);
    expect(seen).toEqual([]);
    expect(started).toBe(1);
    expect(source.returns).toBe(1);
  });

  it('iterates the source afresh for each subscription', async () => {
    const results = paced({ source: kind(new CountingSource(3)), through: bufferCount(2), consume: async n => n });
    const both = await Promise.all([all(results), all(results)]);
    expect(both).toEqual([
      [[0, 1], [2]],
      [[0, 1], [2]],
    ]);
  });

  it('has never more than ahead items waiting beside the one that is consumed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(4), fc.integer({ min: 1, max: 4 }), async (ahead, size) => {
        const source = new CountingSource(12 * size);
        let consumed = 0;
        let most = 0;
        const consume = async () => {
          for (let i = 0; i < 2 * size * (ahead + 1); i++) await new Promise(resolve => setImmediate(resolve));
          most = Math.max(most, source.pulls - size * (consumed + 1));
          consumed++;
        };
        await all(paced({ source: kind(source), through: bufferCount(size), consume, ahead }));
        expect(consumed).toBe(12);
        expect(most).toBe(size * ahead);
      }),
      { numRuns: 8 },
    );
  });
});

describe('paced', () => {
  it('does nothing before it is subscribed', () => {
    const source = new CountingSource();
    paced({ source, through: identity, consume: async n => n });
    expect(source.pulls).toBe(0);
  });

  it('gives timers their turn, whether it consumes or only filters', async () => {
    for (const through of [identity<Observable<number>>, filter<number>(() => false)]) {
      const subscription = paced({ source: new CountingSource(), through, consume: async n => n }).subscribe();
      // The best of some: on a busy machine a single timer may be late for other reasons.
      let best = Number.POSITIVE_INFINITY;
      for (let i = 0; i < 10; i++) {
        const begin = performance.now();
        await wait(10);
        best = Math.min(best, performance.now() - begin);
      }
      subscription.unsubscribe();
      expect(best).toBeLessThan(60);
    }
  });

  it('keeps the stack flat over many items, also when all of them come at once', async () => {
    const size = 10_000;
    const sum = (numbers: number[]) => numbers.length;
    const through = mergeMap((numbers: number[]) => numbers);
    const source = [Array.from({ length: size }, (_, i) => i)];
    expect(await lastValueFrom(paced({ source, through, consume: n => n }))).toBe(size - 1);
    expect(
      await all(paced({ source: new CountingSource(1_000_000), through: bufferCount(1000), consume: sum })),
    ).toHaveLength(1000);
  });

  it('closes a generator that unsubscribes from inside itself', async () => {
    const log: string[] = [];
    function* source() {
      try {
        yield 1;
        subscription.unsubscribe();
        log.push('unsubscribed');
        yield 2;
      } finally {
        log.push('closed');
      }
    }
    const subscription = paced({ source: source(), through: identity, consume: async n => n, ahead: 0 }).subscribe();
    await wait(5);
    expect(log).toEqual(['unsubscribed', 'closed']);
  });

  it('waits for through that subscribes later', async () => {
    const through = (source: Observable<number>) => timer(5).pipe(mergeMap(() => source));
    expect(await all(paced({ source: [1, 2], through, consume: n => n }))).toEqual([1, 2]);
  });

  it('has nothing more for through that subscribes again after the end', async () => {
    const through = (source: Observable<number>) => concat(source, source);
    expect(await all(paced({ source: [1, 2], through, consume: n => n }))).toEqual([1, 2]);
  });

  it('works with through that subscribes twice', async () => {
    const through = (source: Observable<number>) => merge(source, source.pipe(map(n => -n)));
    const results = paced({ source: [1, 2], through, consume: n => n });
    expect(await all(results)).toEqual([1, -1, 2, -2]);
  });

  it('emits an error where the source can not be iterated', async () => {
    const source = {
      [Symbol.iterator](): Iterator<number> {
        throw new Error('closed');
      },
    };
    expect(await failed(paced({ source, through: identity, consume: n => n }))).toEqual({
      before: [],
      error: new Error('closed'),
    });
  });

  it.each([-1, 0.5, Number.NaN])('refuses ahead: %s at once', ahead => {
    expect(() => paced({ source: [1], through: identity, consume: n => n, ahead })).toThrow(InvalidArgumentError);
  });
});
