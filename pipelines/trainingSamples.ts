import { type OperatorFunction, pipe, skip, tap } from 'rxjs';
import type { BatchOperator } from '../operators/batch.js';
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
  const { cursor } = options;
  const pass = (cursor: Cursor) => restOfPass(source, { ...options, cursor });
  const drought: Drought = { passes: 0 };
  return {
    samples:
      source.kind === 'arrays'
        ? { [Symbol.iterator]: () => passesNow(pass as (cursor: Cursor) => Iterable<Sample>, cursor, drought) }
        : {
            [Symbol.asyncIterator]: () =>
              new PassesLater(pass as (cursor: Cursor) => AsyncIterable<Sample>, cursor, drought),
          },
    through: pipe(
      through,
      tap(() => {
        drought.passes = 0;
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

/** Passes since the last batch. */
interface Drought {
  passes: number;
}

function* passesNow(pass: (cursor: Cursor) => Iterable<Sample>, first: Cursor, drought: Drought): Generator<Sample> {
  for (let cursor = first; ; cursor = nextPass(cursor)) {
    let isEmpty = cursor.position === 0;
    for (const sample of pass(cursor)) {
      isEmpty = false;
      yield sample;
    }
    if (isEmpty || ++drought.passes >= DRY_PASSES) return;
  }
}

/** Not a generator: that one hears of `return()` only when the sample it waits for has come, and a silent stream would stay open. */
class PassesLater implements AsyncIterator<Sample, undefined> {
  private samples: AsyncIterator<Sample> | undefined;
  private isEmpty: boolean;
  private ended = false;

  constructor(
    private readonly pass: (cursor: Cursor) => AsyncIterable<Sample>,
    private cursor: Cursor,
    private readonly drought: Drought,
  ) {
    this.isEmpty = cursor.position === 0;
  }

  async next(): Promise<IteratorResult<Sample, undefined>> {
    try {
      while (!this.ended) {
        this.samples ??= this.pass(this.cursor)[Symbol.asyncIterator]();
        const { done, value } = await this.samples.next();
        if (done !== true) {
          this.isEmpty = false;
          return { done: false, value };
        }
        this.endPass();
      }
    } catch (error) {
      this.ended = true;
      throw error;
    }
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<Sample, undefined>> {
    const { ended, samples } = this;
    this.ended = true;
    if (!ended) await samples?.return?.();
    return { done: true, value: undefined };
  }

  private endPass(): void {
    this.samples = undefined;
    if (this.isEmpty || ++this.drought.passes >= DRY_PASSES) this.ended = true;
    this.cursor = nextPass(this.cursor);
    this.isEmpty = true;
  }
}

const nextPass = ({ epoch }: Cursor): Cursor => ({ epoch: epoch + 1, position: 0 });
