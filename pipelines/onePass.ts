import type { Observable } from 'rxjs';
import { epochSamples } from '../operators/epochSamples.js';
import type { Batch } from '../src/data/batch.js';
import type { Learner } from '../src/learner/learner.js';
import { consume } from './consume.js';
import { type Lazy, resolveLazy } from './lazy.js';
import { noBatch } from './noBatch.js';
import { requireParts } from './requireParts.js';
import type { DataOptions } from './train.js';
import { makeLearner } from './training/makeLearner.js';
import { requireLearner } from './training/requireLearner.js';
import { withLearner } from './withLearner.js';

/** What `evaluate` and `predict` take. */
export interface InferenceOptions {
  /**
   * A learner, which stays the caller's and may be in the middle of a run: its calls queue up. Or a function that makes one, which is
   * disposed of in the end.
   */
  readonly learner: Lazy<Learner>;
  readonly data: DataOptions;
}

/**
 * What a learner makes of each batch of a source, gone through once and in order.
 *
 * @throws InvalidArgumentError where the data can't be meant
 * @throws DataExhaustedError where there is no batch
 */
export function onePass<T>(
  { learner: given, data }: InferenceOptions,
  work: (learner: Learner, batch: Batch) => Promise<T>,
): Observable<T> {
  requireParts("evaluate's or predict's data", data);
  return withLearner<T>(
    async isOver =>
      typeof given === 'function'
        ? makeLearner(given, isOver)
        : { learner: requireLearner(await given), close: async () => {} },
    async (learner, subscriber, halted) => {
      const source = await resolveLazy(data.source);
      if (subscriber.closed) return;
      let batches = 0;
      await consume({
        source: epochSamples(source, { seed: 0, epoch: 0, shuffle: false }),
        through: data.through,
        ahead: 2,
        halted,
        async work(batch) {
          const made = await work(learner, batch);
          batches++;
          subscriber.next(made);
        },
      });
      if (batches === 0 && !subscriber.closed) throw noBatch(source);
    },
  );
}
