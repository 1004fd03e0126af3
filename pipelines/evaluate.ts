import { defer, last, map, type Observable } from 'rxjs';
import { reportProblem } from '../operators/internal/sideEffect.js';
import type { Logs } from '../src/event/trainEvent.js';
import { Accumulator } from '../src/metrics/accumulator.js';
import { type InferenceOptions, onePass } from './onePass.js';

/**
 * The loss and metrics of a learner on a whole source, regularization included: weighted means over its examples, not means of its
 * batches. What a run tells as `val_loss`, without the `val_`.
 *
 * ```
 * evaluate({ learner, data }): ---(l|)     l: { loss, accuracy, … }
 * ```
 *
 * Cold: each subscription goes through the source once, in its order. Unsubscribing ends it after the running batch.
 *
 * *Backpressure:* the next batches are prepared while one is evaluated.
 *
 * *Errors:* of the source, an operator or the learner; DataExhaustedError where there is no batch.
 *
 * ## Example
 * ```ts
 * import { firstValueFrom } from 'rxjs';
 * import { batch } from 'gradstream/operators';
 * import { evaluate } from 'gradstream/pipelines';
 * import { arraySource, fakeLearner } from 'gradstream/testing';
 *
 * const data = { source: arraySource({ size: 100 }), through: batch(50) };
 * const { loss } = await firstValueFrom(evaluate({ learner: fakeLearner(), data }));
 * console.log('test loss', loss);
 * ```
 *
 * @param options learner and data.
 * @returns One object of numbers, by the names of loss and metrics.
 *
 * Source: `Model.evaluate` of Keras 3.
 */
export function evaluate(options: InferenceOptions): Observable<Logs> {
  return defer(() => {
    let sums: Accumulator | undefined;
    return onePass(options, async (learner, batch) => {
      const result = await learner.evaluate(batch);
      for (const { message } of result.warnings ?? []) reportProblem('evaluate', message);
      sums ??= new Accumulator(learner.metrics);
      sums.add(result);
      return sums;
    }).pipe(
      last(),
      map(all => Object.freeze(all.logs())),
    );
  });
}
