import fc from 'fast-check';
import { from, of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { batch } from '../../operators/batch.js';
import { epochSamples } from '../../operators/epochSamples.js';
import { marbles } from '../../operators/testing/marbles.js';
import { batchOf, sampleOf } from '../../operators/testing/samples.js';
import { arraySource } from '../../operators/testing/sources.js';
import type { Batch } from '../../src/data/batch.js';
import type { Sample } from '../../src/data/sample.js';
import { InvalidArgumentError } from '../../src/error/invalidArgumentError.js';
import { itKeepsOperatorHabits } from '../helpers/itKeepsOperatorHabits.js';

const [a, b, c, d, e] = [0, 1, 2, 3, 4].map(position => sampleOf({ position }));
const samples = { a, b, c, d, e };
const rows = (position: number, ...numbers: number[]): Batch => ({
  ...batchOf(numbers),
  cursor: { epoch: 0, position },
});

const collect = (source: Iterable<Sample>, ...[size, options]: Parameters<typeof batch>): Batch[] => {
  const batches: Batch[] = [];
  from(source)
    .pipe(batch(size, options))
    .subscribe(each => batches.push(each));
  return batches;
};

describe('batch', () => {
  itKeepsOperatorHabits({
    operator: () => batch(1),
    values: { a, b },
    results: { a: rows(1, 0), b: rows(2, 1) },
  });

  it(
    'emits a batch with its last sample, and the remainder at the end',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const e1 = cold('  -a-b-c-d-e-|   ', samples);
      const e1subs = '   ^----------!   ';
      const expected = ' ---x---y---(z|)';
      expectObservable(e1.pipe(batch(2))).toBe(expected, { x: rows(2, 0, 1), y: rows(4, 2, 3), z: rows(5, 4) });
      expectSubscriptions(e1.subscriptions).toBe(e1subs);
    }),
  );

  it(
    'drops the remainder where told to',
    marbles(({ cold, expectObservable }) => {
      const e1 = cold('  -a-b-c-|', samples);
      const expected = ' ---x---|';
      expectObservable(e1.pipe(batch(2, { remainder: 'drop' }))).toBe(expected, { x: rows(2, 0, 1) });
    }),
  );

  it(
    'drops what it has collected when the source fails',
    marbles(({ cold, expectObservable }) => {
      const e1 = cold('  -a-b-c-#', samples);
      const expected = ' ---x---#';
      expectObservable(e1.pipe(batch(2))).toBe(expected, { x: rows(2, 0, 1) });
    }),
  );

  it.each([
    ['keep' as const, [2, 1, 2, 1]],
    ['drop' as const, [2, 2]],
  ])('never spans two epochs (%s)', (remainder, sizes) => {
    const two = [0, 1].flatMap(epoch => [0, 1, 2].map(position => sampleOf({ epoch, position })));
    const batches = collect(two, 2, { remainder });
    expect(batches.map(({ size }) => size)).toEqual(sizes);
    expect(batches.map(({ epoch, cursor }) => epoch === cursor.epoch)).not.toContain(false);
  });

  it.each([
    ['sources', sampleOf({ source: arraySource({ name: 'other' }) })],
    ['seeds', sampleOf({ seed: 2 })],
  ])('never mixes two %s', (_what, other) => {
    expect(collect([a, b, other], 3).map(({ size }) => size)).toEqual([2, 1]);
  });

  it('turns an example that does not fit into an error', () => {
    const wrong = { ...a, example: { x: Uint8Array.of(1, 2, 3), y: 0 } };
    let error: unknown;
    of(wrong)
      .pipe(batch(1))
      .subscribe({ error: given => (error = given) });
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect(String(error)).toContain("An example of 'source' has 3 inputs, but 'inputShape' is [2]");
  });

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses the size %s at once', size => {
    expect(() => batch(size)).toThrow(InvalidArgumentError);
    expect(() => batch(size)).toThrow(`got ${size}`);
  });

  it('refuses a remainder that it does not know', () => {
    expect(() => batch(1, { remainder: 'pad' as 'keep' })).toThrow("must be 'keep' or 'drop', got 'pad'");
  });

  it('says how many batches it makes, for every size and remainder', () => {
    const remainders = fc.constantFrom('keep' as const, 'drop' as const);
    fc.assert(
      fc.property(fc.nat(40), fc.integer({ min: 1, max: 50 }), remainders, (size, batchSize, remainder) => {
        const source = epochSamples(arraySource({ size }), { seed: 1, epoch: 0 });
        expect(collect(source, batchSize, { remainder })).toHaveLength(batch(batchSize, { remainder }).batchesOf(size));
      }),
    );
  });

  it('goes on from any batch’s cursor as the unbroken run does', () => {
    const remainders = fc.constantFrom('keep' as const, 'drop' as const);
    const any = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(any, any, fc.nat(), fc.nat(5), remainders, (size, batchSize, cut, epoch, remainder) => {
        const source = arraySource({ size });
        const whole = collect(epochSamples(source, { seed: 3, epoch }), batchSize, { remainder });
        if (whole.length === 0) return;
        const taken = cut % whole.length;
        const { cursor } = whole[taken];
        const rest = collect(epochSamples(source, { seed: 3, ...cursor }), batchSize, { remainder });
        expect(rest).toEqual(whole.slice(taken + 1));
      }),
    );
  });
});
