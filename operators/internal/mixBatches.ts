import { map, type OperatorFunction } from 'rxjs';
import type { HostArray } from '../../src/array/hostArray.js';
import { hostValues } from '../../src/augment/hostValues.js';
import { mixRows } from '../../src/augment/mixRows.js';
import { oneHotLabels } from '../../src/augment/oneHotLabels.js';
import type { Batch } from '../../src/data/batch.js';
import { checkCount } from '../../src/error/checkCount.js';
import { InvalidArgumentError } from '../../src/error/invalidArgumentError.js';
import { foldIn, type RandomKey, randomKey } from '../../src/random/randomKey.js';

export interface MixOptions {
  /** Shape of the beta distribution, above 0: the greater, the nearer to halves. */
  readonly alpha?: number;
  /** Number of classes: needed where labels are class numbers, which become one-hot. */
  readonly classes?: number;
  /** Tells the random numbers of two of one kind in a stream apart. Default: the operator's own. */
  readonly name?: string;
}

/** Mixed pictures, and for each the share that is its own. */
export interface Mixed {
  readonly x: HostArray;
  readonly shares: readonly number[];
}

/** What `mixup` and `cutMix` have in common: pairs of neighbours, a key for each sample, labels mixed by the share. */
export function mixBatches(
  what: string,
  { alpha = 1, classes, name = what }: MixOptions,
  mix: (x: HostArray, keys: readonly RandomKey[], alpha: number) => Mixed,
): OperatorFunction<Batch, Batch> {
  if (!(alpha > 0 && Number.isFinite(alpha))) {
    throw new InvalidArgumentError(`${what}: alpha is ${alpha}: give a number above 0.`);
  }
  if (classes !== undefined) checkCount(what, { classes }, 2);
  return map(batch => {
    const { seed, epoch, size, cursor } = batch;
    const { x, y, sampleWeight, aux } = hostValues(batch);
    if (aux !== undefined) throw unmixable(what);
    const labels = oneHotLabels(what, y, classes);
    const first = cursor.position - size;
    const epochKey = randomKey(seed, name, epoch);
    const keys = Array.from({ length: size }, (_, i) => foldIn(epochKey, first + i));
    const mixed = mix(x, keys, alpha);
    const weights = sampleWeight && mixRows({ data: sampleWeight, shape: [size] }, mixed.shares);
    return {
      kind: 'values',
      x: mixed.x,
      y: mixRows(labels, mixed.shares),
      ...(weights && { sampleWeight: weights.data as Float32Array }),
      ...{ seed, epoch, size, cursor },
    };
  });
}

const unmixable = (what: string): InvalidArgumentError =>
  new InvalidArgumentError(
    `${what}: mixes x and y alone, but these batches have more inputs or targets. Mix them in an operator of your own.`,
  );
