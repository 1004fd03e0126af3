import { concat, defer, filter, map, type Observable, type OperatorFunction } from 'rxjs';
import type { Batch } from '../src/data/batch.js';
import type { Sample } from '../src/data/sample.js';
import { toBatch } from '../src/data/toBatch.js';
import { checkCount } from '../src/error/checkCount.js';
import { InvalidArgumentError } from '../src/error/invalidArgumentError.js';

export interface BatchOptions {
  /** What becomes of an epoch's last samples where they don't fill a batch. Default `keep`: a smaller batch. */
  readonly remainder?: 'keep' | 'drop';
}

/** What {@link batch} returns: an operator that also tells how many batches it makes. */
export interface BatchOperator extends OperatorFunction<Sample, Batch> {
  /** Number of batches from so many samples of one epoch. */
  batchesOf(samples: number): number;
}

/**
 * Collects samples into batches of one size, each with the cursor from which to go on after it.
 *
 * ```
 * source:    -a-b-c-d-e-|
 *            batch(2)
 * result:    ---x---y---(z|)      x: a b, y: c d, z: e
 *
 *            batch(2, { remainder: 'drop' })
 * result:    ---x---y---|
 * ```
 *
 * Samples that are mere references into resident arrays become a `RowBatch`, a list of row numbers. All others become a
 * `ValueBatch`, gathered and scaled. A batch never spans two epochs or two sources: what was collected before is the
 * remainder of its own.
 *
 * *Backpressure:* none needed; it holds at most `size` samples and emits in the same tick.
 *
 * *Errors:* passed on at once; the samples collected so far are dropped. Examples that don't fit together raise
 * InvalidArgumentError.
 *
 * ## Example
 * The batches of one epoch
 * ```ts
 * import { from } from 'rxjs';
 * import { batch, epochSamples } from 'gradstream/operators';
 * import { arraySource } from 'gradstream/testing';
 *
 * const samples = epochSamples(arraySource({ size: 5 }), { seed: 7, epoch: 0 });
 * from(samples).pipe(batch(2)).subscribe(({ size }) => console.log(size)); // 2, 2, 1
 * ```
 *
 * @param size samples in a batch, at least 1; more than an epoch has make one batch of all (or none with `drop`).
 * @param options what becomes of the remainder.
 * @returns An operator from samples to batches.
 * @throws InvalidArgumentError where `size` or `remainder` can't be meant.
 */
export function batch(size: number, { remainder = 'keep' }: BatchOptions = {}): BatchOperator {
  checkCount('batch', { size }, 1);
  if (remainder !== 'keep' && remainder !== 'drop') {
    throw new InvalidArgumentError(`batch: remainder must be 'keep' or 'drop', got '${remainder}'.`);
  }
  const keeps = remainder === 'keep';
  const operator = (source: Observable<Sample>) =>
    defer(() => {
      const collector = new Collector(size, keeps);
      const full = source.pipe(
        filter(sample => collector.add(sample)),
        map(() => collector.ready),
      );
      const rest = defer(() => collector.end());
      return concat(full, rest).pipe(map(toBatch));
    });
  return Object.assign(operator, {
    batchesOf: (samples: number) => (keeps ? Math.ceil(samples / size) : Math.floor(samples / size)),
  });
}

/** Cuts one subscription's samples into groups. */
class Collector {
  /** The last group that was cut off. */
  ready: readonly Sample[] = [];
  private samples: Sample[] = [];

  constructor(
    private readonly size: number,
    private readonly keeps: boolean,
  ) {}

  /** Whether a group is ready now. */
  add(sample: Sample): boolean {
    const { samples } = this;
    const ended = samples.length > 0 && !belongTogether(samples[0], sample) && this.cutRemainder();
    this.samples.push(sample);
    return this.samples.length === this.size ? this.cut() : ended;
  }

  /** The remainder where it is to be kept. */
  end(): (readonly Sample[])[] {
    return this.samples.length > 0 && this.cutRemainder() ? [this.ready] : [];
  }

  private cutRemainder(): boolean {
    return this.cut() && this.keeps;
  }

  private cut(): true {
    this.ready = this.samples;
    this.samples = [];
    return true;
  }
}

const belongTogether = (a: Sample, b: Sample): boolean =>
  a.epoch === b.epoch && a.source === b.source && a.seed === b.seed;
