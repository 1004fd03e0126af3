import { type OperatorFunction, pipe, skip, tap } from 'rxjs';
import type { BatchOperator } from '../operators/batch.js';
import { epochSamples } from '../operators/epochSamples.js';
import { Concatenated } from '../operators/internal/concatenated.js';
import type { Batch, Cursor } from '../src/data/batch.js';
import type { Sample } from '../src/data/sample.js';
import type { Source } from '../src/data/source.js';

export interface PassOptions {
  readonly seed: number;
  /** Where to go on; `epoch` counts passes over the data. */
  readonly cursor: Cursor;
  readonly shuffle: boolean;
}

/** Samples from a cursor to the end of its pass, to be pulled. */
export function restOfPass(
  source: Source,
  { seed, cursor, shuffle }: PassOptions,
): Iterable<Sample> | AsyncIterable<Sample> {
  const position = isRewound(source) ? 0 : cursor.position;
  return epochSamples(source, { seed, epoch: cursor.epoch, position, shuffle });
}

/** What {@link endlessBatches} gives, to be pulled by `paced`. */
interface EndlessBatches {
  readonly samples: Iterable<Sample> | AsyncIterable<Sample>;
  /** The operators that were given, watched. */
  readonly through: OperatorFunction<Sample, Batch>;
}

/**
 * Passes without a batch after which there will be none. One is not enough: `shuffle` and `batch` each let go of a pass's last
 * samples when the next pass begins, and operators may gather several passes.
 */
const DRY_PASSES = 100;

/**
 * Batches from a cursor on, pass after pass without end. Ends only where a whole pass gives no sample, or where operators make
 * no batch of several: a set that is smaller than a batch, whose remainder is dropped.
 */
export function endlessBatches(
  source: Source,
  options: PassOptions,
  through: OperatorFunction<Sample, Batch>,
): EndlessBatches {
  const tally: Tally = { samples: 0, dryPasses: 0 };
  const passes = <Pass>(): Generator<Pass> =>
    passesFrom(options.cursor, tally, cursor => restOfPass(source, { ...options, cursor }) as Pass);
  const counted = (sample: Sample): Sample => {
    tally.samples++;
    return sample;
  };
  return {
    samples:
      source.kind === 'arrays'
        ? { [Symbol.iterator]: () => inOne(passes<Iterable<Sample>>(), counted) }
        : { [Symbol.asyncIterator]: () => new Concatenated(passes<AsyncIterable<Sample>>(), counted) },
    through: pipe(
      through,
      tap(() => {
        tally.dryPasses = 0;
      }),
    ),
  };
}

/**
 * Operators of a resumed run. What they hold (the window of `shuffle`) is in no cursor, so the pass runs again from its
 * beginning, and the batches that were already taken are left out. Only where every row would be read again from its file,
 * the pass goes on at the cursor.
 */
export function resumed(
  through: OperatorFunction<Sample, Batch>,
  source: Source,
  batches: number,
): OperatorFunction<Sample, Batch> {
  return batches === 0 || !isRewound(source) ? through : pipe(through, skip(batches));
}

/** Batches of one pass over the data, or null where that is known only at its end. */
export function batchesOfPass(source: Source, { batchesOf }: Partial<BatchOperator>): number | null {
  return source.kind === 'stream' ? null : (batchesOf?.(source.size) ?? null);
}

const isRewound = ({ kind }: Source): boolean => kind !== 'indexed';

/** What tells whether it makes sense to go on. */
interface Tally {
  /** Of the running pass. */
  samples: number;
  /** Passes since the last batch. */
  dryPasses: number;
}

/** Pass after pass, until one gives no sample or too many give no batch. */
function* passesFrom<Pass>(first: Cursor, tally: Tally, open: (cursor: Cursor) => Pass): Generator<Pass> {
  for (let cursor = first; ; cursor = { epoch: cursor.epoch + 1, position: 0 }) {
    // Those before the cursor were given, too.
    tally.samples = cursor.position;
    yield open(cursor);
    if (tally.samples === 0 || ++tally.dryPasses >= DRY_PASSES) return;
  }
}

function* inOne(passes: Iterable<Iterable<Sample>>, counted: (sample: Sample) => Sample): Generator<Sample> {
  for (const pass of passes) for (const sample of pass) yield counted(sample);
}
