import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { permutation } from '../random/permutation.js';
import { randomKey } from '../random/randomKey.js';
import { requireArrays } from './requireArrays.js';
import { sliceSource } from './sliceSource.js';
import type { ArraySource } from './source.js';
import { takeRows } from './takeRows.js';

/** Two parts of one source that have no row in common. */
export interface SourceSplit {
  readonly training: ArraySource;
  readonly validation: ArraySource;
}

export interface SplitSourceOptions {
  /** Puts the rows in random order before. Default: they stay as they stand, and nothing is copied. */
  readonly seed?: number;
}

/**
 * Sets rows aside for validation. As Keras's `validation_split`, it takes the last `fraction` of the rows.
 *
 * @param fraction between 0 and 1, both excluded; training gets ⌊rows · (1 − fraction)⌋ rows
 *   (Keras: `train_validation_split` in src/trainers/data_adapters/array_slicing.py)
 * @throws InvalidArgumentError for what are no arrays, another fraction, or where a part would have no row
 */
export function splitSource(source: ArraySource, fraction: number, { seed }: SplitSourceOptions = {}): SourceSplit {
  requireArrays('splitSource', source);
  if (!(fraction > 0 && fraction < 1)) {
    throw new InvalidArgumentError(`The fraction ${fraction} can't be split off: give a number between 0 and 1.`);
  }
  const { size, name } = source;
  const at = Math.floor(size * (1 - fraction));
  if (at === 0 || at === size) {
    throw new InvalidArgumentError(
      `The fraction ${fraction} of the ${size} rows of '${name}' leaves a part empty: give more rows or another fraction.`,
    );
  }
  if (seed === undefined) return { training: sliceSource(source, 0, at), validation: sliceSource(source, at, size) };
  const order = permutation(size, randomKey(seed, 'splitSource'));
  return { training: takeRows(source, order.subarray(0, at)), validation: takeRows(source, order.subarray(at)) };
}
