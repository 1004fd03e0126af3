import { type OperatorFunction, pipe, skip } from 'rxjs';
import { epochSamples } from '../operators/epochSamples.js';
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

/** Samples from a cursor on, pass after pass without end. Ends only where a whole pass gives nothing. */
export function endlessPasses(source: Source, options: PassOptions): Iterable<Sample> | AsyncIterable<Sample> {
  const pass = (cursor: Cursor) => restOfPass(source, { ...options, cursor });
  if (source.kind !== 'arrays') return { [Symbol.asyncIterator]: () => passesLater(pass, options.cursor) };
  return { [Symbol.iterator]: () => passesNow(pass as (cursor: Cursor) => Iterable<Sample>, options.cursor) };
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
export function batchesOfPass(source: Source, through: OperatorFunction<Sample, Batch>): number | null {
  return source.kind === 'stream' ? null : ((through as Partial<BatchCount>).batchesOf?.(source.size) ?? null);
}

/** What `batch(…)` tells of itself. */
interface BatchCount {
  batchesOf(samples: number): number;
}

const isRewound = ({ kind }: Source): boolean => kind !== 'indexed';

function* passesNow(pass: (cursor: Cursor) => Iterable<Sample>, first: Cursor): Generator<Sample> {
  for (let cursor = first; ; cursor = nextPass(cursor)) {
    let isEmpty = cursor.position === 0;
    for (const sample of pass(cursor)) {
      isEmpty = false;
      yield sample;
    }
    if (isEmpty) return;
  }
}

async function* passesLater(
  pass: (cursor: Cursor) => Iterable<Sample> | AsyncIterable<Sample>,
  first: Cursor,
): AsyncGenerator<Sample> {
  for (let cursor = first; ; cursor = nextPass(cursor)) {
    let isEmpty = cursor.position === 0;
    for await (const sample of pass(cursor)) {
      isEmpty = false;
      yield sample;
    }
    if (isEmpty) return;
  }
}

const nextPass = ({ epoch }: Cursor): Cursor => ({ epoch: epoch + 1, position: 0 });
