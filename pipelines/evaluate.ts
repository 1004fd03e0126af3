import { defer, last, map, type Observable } from 'rxjs';
import { reportProblem } from '../operators/internal/sideEffect.js';
import { checkOptions } from '../src/error/checkOptions.js';
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
export const evaluate = (options: InferenceOptions): Observable<Logs> =>
  totals(options).pipe(map(all => Object.freeze(all.logs())));

/**
 * What `evaluate` makes its values of: the statistics of loss and metrics, summed over a whole source. For metrics that are more than a
 * number, such as `confusionMatrix`.
 *
 * ```
 * evaluateStatistics({ learner, data }): ---(s|)     s: { loss, confusion_matrix, … }
 * ```
 *
 * Cold, *backpressure* and *errors:* as of `evaluate`.
 *
 * ## Example
 * ```ts
 * import { firstValueFrom } from 'rxjs';
 * import { batch } from 'gradstream/operators';
 * import { evaluateStatistics } from 'gradstream/pipelines';
 * import { arraySource, fakeLearner } from 'gradstream/testing';
 *
 * const data = { source: arraySource({ size: 100 }), through: batch(50) };
 * const { loss } = await firstValueFrom(evaluateStatistics({ learner: fakeLearner(), data }));
 * console.log('sum of losses', loss[0], 'of examples', loss[1]);
 * ```
 *
 * @param options learner and data.
 * @returns One array of sums for each metric, by its name.
 */
export const evaluateStatistics = (options: InferenceOptions): Observable<Readonly<Record<string, Float64Array>>> =>
  totals(options).pipe(map(all => all.statistics()));

const OPTIONS: Readonly<Record<keyof InferenceOptions, true>> = { learner: true, data: true };

/** Of all batches. */
function totals(options: InferenceOptions): Observable<Accumulator> {
  checkOptions('evaluate', options, OPTIONS);
  return defer(() => {
    let sums: Accumulator | undefined;
    return onePass(options, async (learner, batch) => {
      const result = await learner.evaluate(batch);
      for (const { message } of result.warnings ?? []) reportProblem('evaluate', message);
      sums ??= new Accumulator(learner.metrics);
      sums.add(result);
      return sums;
    }).pipe(last());
  });
}
