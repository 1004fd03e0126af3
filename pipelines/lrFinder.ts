import { type Observable, type Subject, type Subscriber, take } from 'rxjs';
import { checkCount } from '../src/error/checkCount.js';
import { InvalidArgumentError } from '../src/error/invalidArgumentError.js';
import type { Learner } from '../src/learner/learner.js';
import { drawSeed } from '../src/random/drawSeed.js';
import type { RatePoint } from '../src/schedule/suggestLearningRate.js';
import { consume } from './consume.js';
import { type Lazy, resolveLazy } from './lazy.js';
import { noBatch } from './noBatch.js';
import { requireParts } from './requireParts.js';
import type { TrainingData } from './train.js';
import { openLearner } from './training/openLearner.js';
import { endlessBatches } from './trainingSamples.js';
import { withLearner } from './withLearner.js';

export interface LrFinderOptions {
  /** A learner, which stays the caller's; or a function that makes one, which then belongs to the search. */
  readonly learner: Lazy<Learner>;
  readonly data: TrainingData;
  /** The first rate. Default: 1e-8. */
  readonly from?: number;
  /** The last rate. Default: 1. */
  readonly to?: number;
  /** Default: 100. */
  readonly steps?: number;
  /** Share of the old mean in the smoothed loss. Default: 0.98. */
  readonly smoothing?: number;
  /**
   * Ends the search when the smoothed loss is so many times the smallest one; of a negative one, when it has risen as far
   * above it. Default: 4.
   */
  readonly divergence?: number;
  /** Order of the rows. Default: drawn. */
  readonly seed?: number;
}

/**
 * Looks for a learning rate: takes steps at rates that grow exponentially, and tells what becomes of the loss. At the end,
 * however it comes, weights and optimizer are put back as they were.
 *
 * ```
 * lrFinder({ from: 1e-6, to: 1, … }): -a-b-c-d-|     d: the loss is four times the smallest one
 * ```
 *
 * *Backpressure:* the next batches are prepared while a step runs; a slow observer delays the search.
 *
 * *Errors:* of the source, an operator or a step; `InvalidArgumentError` where a run has the learner. A loss that isn't finite is no error: it ends the search.
 *
 * ## Example
 * A rate to begin with
 * ```ts
 * import { map, toArray } from 'rxjs';
 * import { suggestLearningRate } from 'gradstream';
 * import { batch } from 'gradstream/operators';
 * import { lrFinder } from 'gradstream/pipelines';
 * import { arraySource, fakeLearner } from 'gradstream/testing';
 *
 * const data = { source: arraySource({ size: 100 }), through: batch(10) };
 * lrFinder({ learner: fakeLearner(), data })
 *   .pipe(
 *     toArray(),
 *     map(points => suggestLearningRate(points)),
 *   )
 *   .subscribe(console.log);
 * ```
 *
 * @param options learner, data, and the range of rates.
 * @returns The points of the search, each with its rate and losses.
 * @throws InvalidArgumentError where an option can't be meant.
 *
 * Source: Smith, Cyclical Learning Rates for Training Neural Networks (2017); smoothing and end as in PyTorch Lightning.
 */
export function lrFinder(options: LrFinderOptions): Observable<RatePoint> {
  const { from = 1e-8, to = 1, steps = 100, smoothing = 0.98, divergence = 4, seed = 0 } = options;
  requireParts('lrFinder: data', options.data);
  checkCount('lrFinder', { steps }, 2);
  checkCount('lrFinder', { seed });
  if (!(from > 0 && from < to && Number.isFinite(to))) {
    throw new InvalidArgumentError(`lrFinder: the rates must be 0 < from < to, got from ${from} to ${to}.`);
  }
  if (!(smoothing >= 0 && smoothing < 1)) {
    throw new InvalidArgumentError(`lrFinder: smoothing must be from 0 to below 1, got ${smoothing}.`);
  }
  if (!(divergence > 1)) throw new InvalidArgumentError(`lrFinder: divergence must be above 1, got ${divergence}.`);
  const searched = { ...options, from, to, steps, smoothing, divergence };
  return withLearner(
    isOver => openLearner(options.learner, isOver),
    async (learner, subscriber, halted) => {
      const before = await learner.state();
      try {
        if (!subscriber.closed) await takeSteps(searched, learner, subscriber, halted);
      } finally {
        await learner.restore(before);
      }
    },
  );
}

type Search = LrFinderOptions & Required<Pick<LrFinderOptions, 'from' | 'to' | 'steps' | 'smoothing' | 'divergence'>>;

async function takeSteps(
  { data, from, to, steps, smoothing, divergence, seed = drawSeed() }: Search,
  learner: Learner,
  subscriber: Subscriber<RatePoint>,
  halted: Subject<void>,
): Promise<void> {
  const source = await resolveLazy(data.source);
  if (subscriber.closed) return;
  const pass = { seed, cursor: { epoch: 0, position: 0 }, shuffle: data.shuffle ?? true };
  const { samples, through } = endlessBatches(source, pass, data.through);
  let [step, mean, best] = [0, 0, Number.POSITIVE_INFINITY];
  await consume({
    source: samples,
    through: batches => batches.pipe(through, take(steps)),
    ahead: 2,
    halted,
    async work(batch) {
      const learningRate = Math.fround(from * (to / from) ** (step / (steps - 1)));
      const { loss } = await learner.step(batch, { learningRate, iterations: step });
      mean = smoothing * mean + (1 - smoothing) * loss;
      const smoothed = mean / (1 - smoothing ** (step + 1));
      best = Math.min(best, smoothed);
      subscriber.next(Object.freeze({ step, learningRate, loss, smoothed }));
      step++;
      if (!(smoothed - best <= (divergence - 1) * Math.abs(best))) halted.next();
    },
  });
  if (step === 0 && !subscriber.closed) throw noBatch(source, ' to look for a learning rate with');
}
