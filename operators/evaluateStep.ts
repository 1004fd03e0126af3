import { concatMap, type OperatorFunction } from 'rxjs';
import type { Batch } from '../src/data/batch.js';
import type { Learner, StepResult } from '../src/learner/learner.js';

/**
 * Evaluates one batch after the other, without updates.
 *
 * ```
 * batches:   -a-b---------|
 *            evaluateStep(learner)
 * steps:      ----A|
 *                 ----B|
 * result:    -----A---B---|
 * ```
 *
 * Unsubscribing waits for nothing; what runs natively is finished by the learner itself.
 *
 * *Backpressure:* none: batches that come faster queue up without bound. From a source that can be pulled use
 * `paced({ …, consume: batch => learner.evaluate(batch) })`.
 *
 * *Errors:* of the source and of the learner are passed on; nothing is evaluated after.
 *
 * ## Example
 * ```ts
 * import { from } from 'rxjs';
 * import { batch, epochSamples, evaluateStep } from 'gradstream/operators';
 * import { arraySource, fakeLearner } from 'gradstream/testing';
 *
 * from(epochSamples(arraySource({ size: 100 }), { seed: 7, epoch: 0, shuffle: false }))
 *   .pipe(batch(50), evaluateStep(fakeLearner()))
 *   .subscribe(({ loss }) => console.log(loss));
 * ```
 *
 * @param learner evaluates; it stays the caller's, who disposes of it.
 * @returns An operator from batches to their statistics.
 */
export function evaluateStep(learner: Pick<Learner, 'evaluate'>): OperatorFunction<Batch, StepResult> {
  return concatMap(batch => learner.evaluate(batch));
}
