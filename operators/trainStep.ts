import { concatMap, defer, type OperatorFunction } from 'rxjs';
import type { Batch } from '../src/data/batch.js';
import { checkCount } from '../src/error/checkCount.js';
import type { Learner, StepResult } from '../src/learner/learner.js';

export interface TrainStepOptions {
  /** Rate of each update, or a schedule of it by the updates before. Default: the optimizer's own schedule. */
  readonly learningRate?: number | ((iterations: number) => number);
  /** Updates that were made before the first one here. Default 0. */
  readonly iterations?: number;
}

/**
 * Takes one training step a batch, one at a time, for who composes a stream without the driver.
 *
 * ```
 * batches:   -a-b-c----------|
 *            trainStep(learner)
 * steps:      ----A|
 *                 ----B|
 *                     ----C|
 * result:    -----A---B---C--|
 * ```
 *
 * Iterations are counted per subscription. Unsubscribing lets no further step begin; it waits for nothing, and a step
 * that runs natively is finished by the learner itself.
 *
 * *Backpressure:* none: batches that come faster than steps are taken queue up without bound. From a source that can be
 * pulled use `paced({ …, consume: batch => learner.step(batch, …) })`.
 *
 * *Errors:* of the source and of a step are passed on; no step follows a failed one.
 *
 * ## Example
 * One epoch, by hand
 * ```ts
 * import { from } from 'rxjs';
 * import { batch, epochSamples, trainStep } from 'gradstream/operators';
 * import { arraySource, fakeLearner } from 'gradstream/testing';
 *
 * from(epochSamples(arraySource({ size: 100 }), { seed: 7, epoch: 0 }))
 *   .pipe(batch(50), trainStep(fakeLearner(), { learningRate: 0.1 }))
 *   .subscribe(({ loss }) => console.log(loss));
 * ```
 *
 * @param learner takes the steps; it stays the caller's, who disposes of it.
 * @param options rate and count of the first update.
 * @returns An operator from batches to what their steps gave.
 * @throws InvalidArgumentError where `iterations` isn't a whole number from 0 on.
 */
export function trainStep(
  learner: Pick<Learner, 'step' | 'learningRate'>,
  { learningRate = learner.learningRate, iterations = 0 }: TrainStepOptions = {},
): OperatorFunction<Batch, StepResult> {
  checkCount('trainStep', { iterations });
  const rateAt = typeof learningRate === 'number' ? () => learningRate : learningRate;
  return batches =>
    defer(() => {
      let next = iterations;
      return batches.pipe(
        concatMap(batch => {
          const count = next++;
          return learner.step(batch, { learningRate: rateAt(count), iterations: count });
        }),
      );
    });
}
