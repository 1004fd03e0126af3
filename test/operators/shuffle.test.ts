import fc from 'fast-check';
import { from, skip, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { batch } from '../../operators/batch.js';
import { type ShuffleOptions, shuffle } from '../../operators/shuffle.js';
import { marbles } from '../../operators/testing/marbles.js';
import { sampleOf } from '../../operators/testing/samples.js';
import type { Sample } from '../../src/data/sample.js';
import { InvalidArgumentError } from '../../src/error/invalidArgumentError.js';

const samplesOf = (size: number, epoch = 0, seed = 1): Sample[] =>
  Array.from({ length: size }, (_, position) => sampleOf({ position, epoch, seed }));

const mix = (samples: readonly Sample[], options: ShuffleOptions): Sample[] => {
  let mixed: Sample[] = [];
  from(samples)
    .pipe(shuffle(options), toArray())
    .subscribe(all => {
      mixed = all;
    });
  return mixed;
};

const rowsOf = (samples: readonly Sample[]): number[] => samples.map(({ row }) => row);

const [a, b, c, d] = samplesOf(4);

describe('shuffle', () => {
  it(
    'never ends for a source that never ends',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const e1 = cold<Sample>('-');
      const e1subs = '         ^';
      const expected = '       -';
      expectObservable(e1.pipe(shuffle({ window: 2 }))).toBe(expected);
      expectSubscriptions(e1.subscriptions).toBe(e1subs);
    }),
  );

  it(
    'completes at once for an empty source',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const e1 = cold<Sample>('|');
      const e1subs = '         (^!)';
      const expected = '       |';
      expectObservable(e1.pipe(shuffle({ window: 2 }))).toBe(expected);
      expectSubscriptions(e1.subscriptions).toBe(e1subs);
    }),
  );

  it(
    'fills its window, then gives one for one, and the window at the end',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const e1 = cold('  -a-b-c-d-|    ', { a, b, c, d });
      const e1subs = '   ^--------!    ';
      const expected = ' ---a-b-c-(d|) ';
      expectObservable(e1.pipe(shuffle({ window: 1 }))).toBe(expected, { a, b, c, d });
      expectSubscriptions(e1.subscriptions).toBe(e1subs);
    }),
  );

  it(
    'passes on an error at once and drops the window',
    marbles(({ cold, expectObservable }) => {
      const e1 = cold('  -a-b-c-#', { a, b, c });
      const expected = ' ---a-b-#';
      expectObservable(e1.pipe(shuffle({ window: 1 }))).toBe(expected, { a, b });
    }),
  );

  it(
    'unsubscribes early from the source',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const e1 = hot('   -a-b-c-|', { a, b, c });
      const unsub = '    ----!   ';
      const e1subs = '   ^---!   ';
      const expected = ' ---a-   ';
      expectObservable(e1.pipe(shuffle({ window: 1 })), unsub).toBe(expected, { a });
      expectSubscriptions(e1.subscriptions).toBe(e1subs);
    }),
  );

  it('gives every sample once, in places counted anew, none earlier than its window allows', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.integer({ min: 1, max: 50 }), fc.nat(1000), (size, window, seed) => {
        const mixed = mix(samplesOf(size, 0, seed), { window });
        expect(rowsOf(mixed).sort((x, y) => x - y)).toEqual(rowsOf(samplesOf(size)));
        mixed.forEach(({ position, row }, place) => {
          expect(position).toBe(place);
          expect(row).toBeLessThanOrEqual(place + window);
        });
      }),
    );
  });

  it('keeps epochs apart, each with an order of its own', () => {
    const mixed = mix([...samplesOf(20, 0), ...samplesOf(20, 1)], { window: 20 });
    expect(mixed.map(({ epoch }) => epoch)).toEqual([...Array(20).fill(0), ...Array(20).fill(1)]);
    expect(rowsOf(mixed.slice(0, 20))).not.toEqual(rowsOf(mixed.slice(20)));
    expect(mixed.slice(20)).toEqual(mix(samplesOf(20, 1), { window: 20 }));
  });

  it.each([1, 2, 7])('begins anew in each epoch with a window of %d', window => {
    const mixed = mix([...samplesOf(5, 0), ...samplesOf(5, 1)], { window });
    expect(mixed).toEqual([...mix(samplesOf(5, 0), { window }), ...mix(samplesOf(5, 1), { window })]);
  });

  it('depends on the seed alone: the samples’ own, or the one that it is given', () => {
    const samples = samplesOf(20);
    const own = mix(samples, { window: 8 });
    expect(mix(samples, { window: 8 })).toEqual(own);
    expect(rowsOf(mix(samplesOf(20, 0, 2), { window: 8 }))).not.toEqual(rowsOf(own));
    expect(rowsOf(mix(samples, { window: 8, seed: 2 }))).toEqual(rowsOf(mix(samplesOf(20, 0, 2), { window: 8 })));
  });

  it('draws an order that never changes between versions', () => {
    expect(rowsOf(mix(samplesOf(8), { window: 3 }))).toEqual([1, 3, 0, 4, 5, 7, 2, 6]);
  });

  it('goes on as the unbroken epoch does when its first batches are skipped', () => {
    const batches = (skipped: number) => {
      const all: unknown[] = [];
      from(samplesOf(20))
        .pipe(shuffle({ window: 6 }), batch(3), skip(skipped))
        .subscribe(each => all.push(each));
      return all;
    };
    expect(batches(2)).toEqual(batches(0).slice(2));
  });

  it('has a state of its own for each subscription', () => {
    const operator = shuffle({ window: 4 });
    const source = from(samplesOf(10)).pipe(operator, toArray());
    const seen: Sample[][] = [];
    source.subscribe(all => seen.push(all));
    source.subscribe(all => seen.push(all));
    expect(seen[1]).toEqual(seen[0]);
  });

  it.each([{ window: 0 }, { window: 1.5 }, { window: 2, seed: 0.1 }])('refuses %o at once', options => {
    expect(() => shuffle(options)).toThrow(InvalidArgumentError);
  });
});
