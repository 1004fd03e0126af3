import { map, type OperatorFunction } from 'rxjs';
import { exampleOf } from '../src/data/exampleOf.js';
import type { Sample } from '../src/data/sample.js';
import type { Example } from '../src/data/source.js';
import { InvalidArgumentError } from '../src/error/invalidArgumentError.js';
import { type RandomKey, randomKey } from '../src/random/randomKey.js';

export interface AugmentOptions {
  /** Tells the random numbers of two augmentations of one stream apart. Default `augment`. */
  readonly name?: string;
}

/**
 * Changes each example by a function that gets a random key of the sample's own.
 *
 * ```
 * source:    -a-b-c-|
 *            augment(flip)
 * result:    -A-B-C-|      A = flip(a, key of (seed, name, epoch, row of a))
 * ```
 *
 * The key is a function of the seed, the operator's name, the epoch and the row: neither order, prefetch nor a resume
 * changes what happens to a row. Values are those that the source stores, before its `scaling`. Rows of resident arrays
 * are copied to be changed, so their batches carry values instead of row numbers.
 *
 * *Backpressure:* none needed; one for one, in the same tick.
 *
 * *Errors:* passed on; what `transform` throws becomes an error.
 *
 * ## Example
 * Mirror half of all rows
 * ```ts
 * import { from } from 'rxjs';
 * import { uniform } from 'gradstream';
 * import { augment, epochSamples } from 'gradstream/operators';
 * import { arraySource } from 'gradstream/testing';
 *
 * from(epochSamples(arraySource({ size: 4 }), { seed: 7, epoch: 0 }))
 *   .pipe(augment((example, key) => (uniform(key, 0) < 0.5 ? example : { ...example, x: example.x.toReversed() })))
 *   .subscribe(({ row, example }) => console.log(row, example?.x));
 * ```
 *
 * @param transform gives the changed example; it draws from `key` with `uniform`, `integer`, `normal`.
 * @param options a name, where one stream is augmented twice.
 * @returns An operator that gives samples with examples.
 * @throws InvalidArgumentError where the name is empty.
 */
export function augment(
  transform: (example: Example, key: RandomKey) => Example,
  { name = 'augment' }: AugmentOptions = {},
): OperatorFunction<Sample, Sample> {
  if (name === '')
    throw new InvalidArgumentError("augment: name is empty. Give a word, or leave it out for 'augment'.");
  return map(sample => {
    const key = randomKey(sample.seed, name, sample.epoch, sample.row);
    const example: Example | undefined = transform(exampleOf(sample), key);
    if (example === undefined) throw withoutResult(name);
    return { ...sample, example };
  });
}

/** From JavaScript. It would pass for a sample that nothing has changed. */
const withoutResult = (name: string): InvalidArgumentError =>
  new InvalidArgumentError(
    `${name}: the function gave undefined, expected an example. Return it, also where it was changed in its place.`,
  );
