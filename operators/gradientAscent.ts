import { concatMap, Observable, type OperatorFunction } from 'rxjs';
import { checkCount } from '../src/error/checkCount.js';
import { checkFinite } from '../src/error/checkFinite.js';
import { InvalidArgumentError } from '../src/error/invalidArgumentError.js';
import type { Ascender } from '../src/filters/ascender.js';
import { EPSILON } from '../src/filters/deprocessImage.js';
import { type Pictures, selectPictures } from '../src/filters/pictures.js';
import { roll } from '../src/filters/roll.js';
import { integer } from '../src/random/integer.js';
import { randomKey } from '../src/random/randomKey.js';

export interface GradientAscentOptions {
  readonly steps: number;
  /** Default: 1. */
  readonly stepSize?: number;
  /** A picture whose loss is not above it is dropped. Default: 1e-7; `-Infinity` keeps all. */
  readonly epsilon?: number;
  /** Random shifts of up to so many pixels around each step. Default: none. */
  readonly jitter?: { readonly pixels: number; readonly seed: number };
}

/** What one step of an ascent gave. */
export interface AscentStep {
  /** Counted from 0. */
  readonly step: number;
  /** Which pictures were in the step. */
  readonly filters: readonly number[];
  /** One for each of them, from before the step. */
  readonly losses: readonly number[];
  readonly dropped: readonly DroppedPicture[];
  /** After the step, without the dropped ones. */
  readonly pictures: Pictures;
}

export interface DroppedPicture {
  readonly filter: number;
  readonly loss: number;
  readonly reason: 'zero' | 'not finite';
}

/**
 * Climbs from each group of pictures for so many steps on one scale, one group at a time.
 *
 * ```
 * pictures:  a---------------b|
 *            gradientAscent(ascender, { steps: 3 })
 * result:    --1--2--3---------1--2--3|
 * ```
 *
 * Pictures whose loss is zero or not finite are dropped, the others go on; where none is left the group ends early.
 * Unsubscribing lets no further step begin; the running native call ends by itself.
 *
 * *Backpressure:* none: groups that come faster than they are climbed queue up without bound.
 *
 * *Errors:* of the source and of a step are passed on.
 *
 * ## Example
 * With a stand-in for what `createAscender` makes of a network
 * ```ts
 * import { of } from 'rxjs';
 * import type { Ascender } from 'gradstream';
 * import { gradientAscent } from 'gradstream/operators';
 *
 * const ascender: Ascender = {
 *   batch: 1,
 *   step: async pictures => ({ losses: [1], pictures }),
 *   dispose: async () => {},
 * };
 * of({ filters: [0], size: 2, channels: 1, values: new Float32Array(4) })
 *   .pipe(gradientAscent(ascender, { steps: 3 }))
 *   .subscribe(({ step, losses }) => console.log(step, losses)); // 0 [ 1 ] 1 [ 1 ] 2 [ 1 ]
 * ```
 *
 * @param ascender takes the steps; it stays the caller's, who disposes of it.
 * @param options how many steps, how far, from which loss on, and by which shifts.
 * @returns An operator from groups of pictures to their steps.
 * @throws InvalidArgumentError where an option can't be meant.
 */
export function gradientAscent(
  ascender: Ascender,
  { steps, stepSize = 1, epsilon = EPSILON, jitter }: GradientAscentOptions,
): OperatorFunction<Pictures, AscentStep> {
  checkCount('gradientAscent', { steps }, 1);
  checkFinite('gradientAscent', { stepSize });
  checkEpsilon('gradientAscent', epsilon);
  if (jitter !== undefined) checkCount('gradientAscent: jitter', { ...jitter });
  const stepOnce = async (pictures: Pictures, step: number) => {
    if (jitter === undefined) return ascender.step(pictures, stepSize);
    const key = randomKey(jitter.seed, 'jitter', pictures.size);
    const shift = (index: number): number => integer(key, index, 2 * jitter.pixels + 1) - jitter.pixels;
    const [down, right] = [shift(2 * step), shift(2 * step + 1)];
    const after = await ascender.step(roll(pictures, down, right), stepSize);
    return { ...after, pictures: roll(after.pictures, -down, -right) };
  };
  const climb = (start: Pictures): Observable<AscentStep> =>
    new Observable(subscriber => {
      const run = async (): Promise<void> => {
        let pictures = start;
        for (let step = 0; step < steps && pictures.filters.length > 0 && !subscriber.closed; step++) {
          const { filters } = pictures;
          const after = await stepOnce(pictures, step);
          const { losses } = after;
          const dropped = filters.flatMap((filter, i) => droppedPicture(filter, losses[i], epsilon));
          const kept = [...filters.keys()].filter(i => dropped.every(({ filter }) => filter !== filters[i]));
          pictures = dropped.length === 0 ? after.pictures : selectPictures(after.pictures, kept);
          subscriber.next(Object.freeze({ step, filters, losses, dropped, pictures }));
        }
        subscriber.complete();
      };
      run().catch(error => subscriber.error(error));
    });
  return concatMap(climb);
}

/** NaN would keep every picture, since no loss compares with it. */
export function checkEpsilon(who: string, epsilon: number): void {
  if (!Number.isNaN(epsilon)) return;
  throw new InvalidArgumentError(`${who}: epsilon is NaN: give a number, or -Infinity to keep all.`);
}

function droppedPicture(filter: number, loss: number, epsilon: number): DroppedPicture[] {
  if (!Number.isFinite(loss)) return [{ filter, loss, reason: 'not finite' }];
  return loss <= epsilon ? [{ filter, loss, reason: 'zero' }] : [];
}
