import { setTimeout as wait } from 'node:timers/promises';
import fc from 'fast-check';
import { Observable, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { epochSamples } from '../../operators/epochSamples.js';
import { arraySource, indexedSource, streamSource } from '../../operators/testing/sources.js';
import { fromStream } from '../../src/data/fromStream.js';
import type { Sample } from '../../src/data/sample.js';
import type { Example } from '../../src/data/source.js';
import { InvalidArgumentError } from '../../src/error/invalidArgumentError.js';

const collect = async (samples: Iterable<Sample> | AsyncIterable<Sample>): Promise<Sample[]> => {
  const all: Sample[] = [];
  for await (const sample of samples as AsyncIterable<Sample>) all.push(sample);
  return all;
};

const rowsOf = (samples: readonly Sample[]): number[] => samples.map(({ row }) => row);

const kinds = [
  ['arrays', arraySource],
  ['indexed', indexedSource],
  ['stream', streamSource],
] as const;

describe.each(kinds)('epochSamples of a source of kind %s', (_kind, sourceOf) => {
  it('gives each row once, with its place, epoch and seed', async () => {
    const source = sourceOf({ size: 20 });
    const samples = await collect(epochSamples(source, { seed: 5, epoch: 2 }));
    expect(rowsOf(samples).sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, row) => row));
    samples.forEach((sample, position) => {
      expect(sample).toMatchObject({ source, seed: 5, epoch: 2, position });
    });
  });

  it('gives nothing of an empty source', async () => {
    expect(await collect(epochSamples(sourceOf({ size: 0 }), { seed: 1, epoch: 0 }))).toEqual([]);
  });

  it('gives the rest of an unbroken epoch from any position on', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 30 }),
        fc.nat(),
        fc.nat(3),
        fc.boolean(),
        async (size, cut, epoch, shuffle) => {
          const source = sourceOf({ size });
          const position = cut % (size + 1);
          const whole = await collect(epochSamples(source, { seed: 9, epoch, shuffle }));
          const rest = await collect(epochSamples(source, { seed: 9, epoch, shuffle, position }));
          expect(rest).toEqual(whole.slice(position));
        },
      ),
      { numRuns: 50 },
    );
  });

  it('begins anew each time it is iterated', async () => {
    const samples = epochSamples(sourceOf(), { seed: 1, epoch: 0 });
    expect(await collect(samples)).toEqual(await collect(samples));
  });

  it.each([{ seed: 0.5 }, { epoch: -1 }, { position: -1 }, { position: 1.5 }, { concurrency: 0 }])(
    'refuses %o at once',
    wrong => {
      expect(() => epochSamples(sourceOf(), { seed: 1, epoch: 0, ...wrong })).toThrow(InvalidArgumentError);
    },
  );
});

describe('epochSamples', () => {
  it('draws an order that never changes between versions', () => {
    const rows = rowsOf([...epochSamples(arraySource(), { seed: 7, epoch: 0 })]);
    expect(rows).toEqual([6, 9, 5, 1, 3, 4, 8, 2, 7, 0]);
  });

  it('draws another order for another epoch or seed', () => {
    const order = (seed: number, epoch: number) =>
      rowsOf([...epochSamples(arraySource({ size: 50 }), { seed, epoch })]);
    expect(order(1, 1)).not.toEqual(order(1, 0));
    expect(order(2, 0)).not.toEqual(order(1, 0));
  });

  it('keeps the source’s order where it is not to shuffle', () => {
    const samples = [...epochSamples(arraySource({ size: 4 }), { seed: 7, epoch: 3, shuffle: false })];
    expect(rowsOf(samples)).toEqual([0, 1, 2, 3]);
  });

  it('refuses what is no source', () => {
    expect(() => epochSamples([1, 2] as never, { seed: 1, epoch: 0 })).toThrow(/no source of examples/);
  });

  it.each([arraySource(), indexedSource()])('refuses a position beyond the end of $kind', source => {
    expect(() => epochSamples(source, { seed: 1, epoch: 0, position: 11 })).toThrow(
      "position 11 is beyond the 10 rows of 'source'",
    );
  });

  it('reads ahead, at most so many rows at one time, and gives them in order', async () => {
    let reading = 0;
    let most = 0;
    const source = {
      ...indexedSource({ size: 12 }),
      read: async (row: number) => {
        most = Math.max(most, ++reading);
        await wait((row * 7) % 5);
        reading--;
        return { x: Uint8Array.of(row, 0), y: 0 };
      },
    };
    const samples = await collect(epochSamples(source, { seed: 1, epoch: 0, concurrency: 3 }));
    expect(samples.map(({ position }) => position)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(samples.every(({ row, example }) => example?.x[0] === row)).toBe(true);
    expect(most).toBe(3);
  });

  it('reports an unreadable row in its turn, and leaves no rejection behind when it is closed', async () => {
    const read = async (row: number) => {
      if (row > 2) throw new Error(`row ${row} is damaged`);
      return { x: Uint8Array.of(row, 0), y: 0 };
    };
    const samples = epochSamples({ ...indexedSource(), read }, { seed: 1, epoch: 0, shuffle: false });
    const seen: number[] = [];
    const reading = (async () => {
      for await (const { row } of samples) seen.push(row);
    })();
    await expect(reading).rejects.toThrow('row 3 is damaged');
    expect(seen).toEqual([0, 1, 2]);
    for await (const _ of samples) break;
    await wait(1);
  });

  it('opens a stream once, with the epoch, and closes it when it is not read to its end', async () => {
    const log: string[] = [];
    const source = {
      ...streamSource(),
      async *open(epoch: number) {
        log.push(`open ${epoch}`);
        try {
          for (let i = 0; ; i++) yield { x: Uint8Array.of(i, 0), y: 0 };
        } finally {
          log.push('close');
        }
      },
    };
    const samples = epochSamples(source, { seed: 1, epoch: 4, position: 2 });
    expect(log).toEqual([]);
    for await (const { example, row } of samples) {
      expect(example?.x[0]).toBe(row);
      if (row === 5) break;
    }
    expect(log).toEqual(['open 4', 'close']);
  });

  it('closes a stream that is silent while it is read, and ends what waits for it', async () => {
    let isOpen = false;
    const silent$ = new Observable<Example>(() => {
      isOpen = true;
      return () => {
        isOpen = false;
      };
    });
    const source = fromStream(silent$, { inputShape: [2] });
    const samples = epochSamples(source, { seed: 1, epoch: 0 })[Symbol.asyncIterator]();
    const waiting = samples.next();
    expect(isOpen).toBe(true);
    await samples.return?.();
    expect(isOpen).toBe(false);
    expect(await waiting).toMatchObject({ done: true });
    expect(await samples.next()).toMatchObject({ done: true });
  });

  it('closes a stream whose iterator has no return', async () => {
    const next = async () => ({ done: false, value: { x: Uint8Array.of(1, 0), y: 0 } }) as const;
    const source = { ...streamSource(), open: () => ({ [Symbol.asyncIterator]: () => ({ next }) }) };
    const samples = epochSamples(source, { seed: 1, epoch: 0 })[Symbol.asyncIterator]();
    expect(await samples.next()).toMatchObject({ done: false });
    expect(await samples.return?.()).toMatchObject({ done: true });
    expect(await samples.next()).toMatchObject({ done: true });
  });

  const damaged = (): never => {
    throw new Error('damaged');
  };
  it.each([
    [
      'the stream',
      fromStream(
        throwError(() => new Error('damaged')),
        { inputShape: [2] },
      ),
    ],
    ['its opening', { ...streamSource(), open: damaged }],
  ])('has ended after an error of %s', async (_, source) => {
    const samples = epochSamples(source, { seed: 1, epoch: 0 })[Symbol.asyncIterator]();
    await expect(samples.next()).rejects.toThrow('damaged');
    expect(await samples.next()).toMatchObject({ done: true });
  });
});
