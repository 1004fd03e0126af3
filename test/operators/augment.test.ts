import { from, lastValueFrom, of, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { augment } from '../../operators/augment.js';
import { batch } from '../../operators/batch.js';
import { epochSamples } from '../../operators/epochSamples.js';
import { sampleOf } from '../../operators/testing/samples.js';
import { arraySource, streamSource } from '../../operators/testing/sources.js';
import type { Sample } from '../../src/data/sample.js';
import type { Example } from '../../src/data/source.js';
import { InvalidArgumentError } from '../../src/error/invalidArgumentError.js';
import type { RandomKey } from '../../src/random/randomKey.js';
import { itKeepsOperatorHabits } from '../helpers/itKeepsOperatorHabits.js';

const a = sampleOf({ position: 0 });
const b = sampleOf({ position: 1 });
const double = ({ x, y }: Example): Example => ({ x: x.map(value => 2 * value), y });

/** The key that each row gets, in the order in which they come. */
const keysOf = (samples: Iterable<Sample>, name?: string): Map<number, RandomKey> => {
  const keys: RandomKey[] = [];
  const rows: number[] = [];
  const record = (example: Example, key: RandomKey) => {
    keys.push(key);
    return example;
  };
  from(samples)
    .pipe(augment(record, name === undefined ? {} : { name }))
    .subscribe(({ row }) => rows.push(row));
  return new Map(rows.map((row, i) => [row, keys[i]]));
};

describe('augment', () => {
  itKeepsOperatorHabits({
    operator: () => augment(double),
    values: { a, b },
    results: {
      a: { ...a, example: { x: Uint8Array.of(0, 0), y: 0 } },
      b: { ...b, example: { x: Uint8Array.of(2, 0), y: 1 } },
    },
  });

  it('turns a throw of the transform into an error', () => {
    const error = new Error('no such colour');
    const seen: unknown[] = [];
    const throwing = augment(() => {
      throw error;
    });
    of(a, b)
      .pipe(throwing)
      .subscribe({ next: sample => seen.push(sample), error: given => seen.push(given) });
    expect(seen).toEqual([error]);
  });

  it('refuses a function that returns nothing, whose changes would be lost', async () => {
    const inPlace = (({ x }: Example) => void x.fill(0)) as unknown as () => Example;
    const batches$ = from(epochSamples(arraySource(), { seed: 1, epoch: 0 })).pipe(augment(inPlace), batch(5));
    await expect(lastValueFrom(batches$)).rejects.toThrow(
      'augment: the function gave undefined, expected an example. Return it',
    );
  });

  it('gives a row the same key whatever the order, and another in another epoch, seed or operator', () => {
    const source = arraySource({ size: 8 });
    const keys = (seed: number, epoch: number, shuffle: boolean, name?: string) =>
      keysOf(epochSamples(source, { seed, epoch, shuffle }), name);
    const inOrder = keys(1, 0, false);
    expect(keys(1, 0, true)).toEqual(inOrder);
    expect(new Set([...inOrder.values()].map(String)).size).toBe(8);
    for (const other of [keys(2, 0, false), keys(1, 1, false), keys(1, 0, false, 'crop')]) {
      expect(other.get(3)).not.toEqual(inOrder.get(3));
    }
  });

  it('hands out copies of resident rows, so that a change in place does not reach the data set', () => {
    const source = arraySource();
    const before = source.x.data.slice();
    from(epochSamples(source, { seed: 1, epoch: 0 }))
      .pipe(augment(example => ({ ...example, x: example.x.fill(9) })))
      .subscribe();
    expect(source.x.data).toEqual(before);
  });

  it('makes batches of values of resident rows', () => {
    from(epochSamples(arraySource(), { seed: 1, epoch: 0, shuffle: false }))
      .pipe(augment(double), batch(10))
      .subscribe(made => {
        expect(made).toMatchObject({ kind: 'values', size: 10, cursor: { epoch: 0, position: 10 } });
        expect(made.kind === 'values' && made.x.data.slice(0, 6)).toEqual(Uint8Array.of(0, 0, 2, 0, 4, 0));
      });
    expect.assertions(2);
  });

  it('says what is missing where a stream’s sample has no values', () => {
    let error: unknown;
    of(sampleOf({ source: streamSource({ name: 'camera' }) }))
      .pipe(augment(double))
      .subscribe({ error: given => (error = given) });
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect(String(error)).toContain("Row 0 of 'camera' came without its values");
  });

  it('lets an error of the source be', () => {
    const error = new Error('unplugged');
    let seen: unknown;
    throwError(() => error)
      .pipe(augment(double))
      .subscribe({ error: given => (seen = given) });
    expect(seen).toBe(error);
  });

  it('refuses an empty name at once', () => {
    expect(() => augment(double, { name: '' })).toThrow(InvalidArgumentError);
  });
});
