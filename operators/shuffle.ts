import { concat, concatMap, defer, type OperatorFunction } from 'rxjs';
import type { Sample } from '../src/data/sample.js';
import { checkCount } from '../src/error/checkCount.js';
import { integer } from '../src/random/integer.js';
import { type RandomKey, randomKey } from '../src/random/randomKey.js';

export interface ShuffleOptions {
  /** Samples to choose from. The larger, the better mixed; as large as an epoch mixes perfectly. */
  readonly window: number;
  /** Default: the samples' own seed, the run's. */
  readonly seed?: number;
}

/**
 * Mixes true streams, whose rows can't be drawn in any order: keeps a window of samples, and lets go of a random one for
 * each that comes in.
 *
 * ```
 * source:    -a-b-c-d-e-----|
 *            shuffle({ window: 3 })
 * result:    -------b-d-----(eac|)
 * ```
 *
 * The order is a function of the seed, the epoch and the place. `position` of what comes out counts the new order, so
 * that a batch's cursor says how many samples were taken. Since the window isn't in the cursor, a mixed stream is resumed
 * by running its epoch from the beginning and skipping the batches already taken. Epochs are not mixed with each other.
 * Sources with row numbers need none of this: `epochSamples` draws them in random order.
 *
 * *Backpressure:* none needed; holds `window` samples, emits at most one for one, and the window at the epoch's end.
 *
 * *Errors:* passed on at once; the window is dropped.
 *
 * ## Example
 * ```ts
 * import { from } from 'rxjs';
 * import { batch, epochSamples, shuffle } from 'gradstream/operators';
 * import { streamSource } from 'gradstream/testing';
 *
 * from(epochSamples(streamSource({ size: 100 }), { seed: 7, epoch: 0 }))
 *   .pipe(shuffle({ window: 50 }), batch(10))
 *   .subscribe(({ size }) => console.log(size)); // ten times 10
 * ```
 *
 * @param options the window's size, at least 1, and a seed.
 * @returns An operator that gives the same samples in another order.
 * @throws InvalidArgumentError where `window` or `seed` isn't a whole number.
 */
export function shuffle({ window, seed }: ShuffleOptions): OperatorFunction<Sample, Sample> {
  checkCount('shuffle', { window }, 1);
  if (seed !== undefined) checkCount('shuffle', { seed });
  return samples =>
    defer(() => {
      const mixer = new Mixer(window, seed);
      return concat(
        samples.pipe(concatMap(sample => mixer.add(sample))),
        defer(() => mixer.rest()),
      );
    });
}

/** The window of one subscription. */
class Mixer {
  private readonly held: Sample[] = [];
  private key: RandomKey = [0, 0];
  /** Place of the next sample to go out. */
  private position = 0;

  constructor(
    private readonly window: number,
    private readonly seed: number | undefined,
  ) {}

  /** What goes out when a sample comes in. */
  add(sample: Sample): readonly Sample[] {
    const ended = this.held.length > 0 && this.held[0].epoch !== sample.epoch ? this.rest() : [];
    if (this.held.length === 0) this.begin(sample);
    if (this.held.length < this.window) {
      this.held.push(sample);
      return ended;
    }
    const slot = integer(this.key, this.position, this.window);
    const chosen = this.held[slot];
    this.held[slot] = sample;
    return [this.place(chosen)];
  }

  /** All that is held, mixed. */
  rest(): readonly Sample[] {
    const { held } = this;
    const mixed: Sample[] = [];
    while (held.length > 0) {
      const slot = integer(this.key, this.position, held.length);
      mixed.push(this.place(held[slot]));
      held[slot] = held[held.length - 1];
      held.pop();
    }
    return mixed;
  }

  private begin({ seed, epoch, position }: Sample): void {
    this.key = randomKey(this.seed ?? seed, 'shuffle', epoch);
    this.position = position;
  }

  private place(sample: Sample): Sample {
    return { ...sample, position: this.position++ };
  }
}
