import { defer, filter, type OperatorFunction } from 'rxjs';
import { checkCount } from '../src/error/checkCount.js';
import { InvalidArgumentError } from '../src/error/invalidArgumentError.js';
import type { EpochEnd, StepEvent, TrainEvent } from '../src/event/trainEvent.js';

export type EveryOptions = { readonly epochs: number } | { readonly steps: number } | { readonly ms: number };

/**
 * Lets pass only every so many ends of epochs or steps, so that *when* something is done is apart from *what* is done.
 *
 * ```
 * events:    -s-s-e-s-s-e-s-s-e-|      s: a step, e: an epoch's end
 *            every({ epochs: 2 })
 * result:    -----------e-------|
 *
 *            every({ steps: 3 })
 * result:    -------s-------s---|
 * ```
 *
 * Counts by the events' own numbers (`epoch`, `iterations`), not from the subscription: a resumed run gives the same events. `{ ms }` lets the
 * first step pass, and then the first after so many milliseconds by the events' own `time`.
 *
 * *Backpressure:* none needed; it holds nothing.
 *
 * *Errors:* passed on.
 *
 * ## Example
 * Print every second epoch's loss
 * ```ts
 * import { of } from 'rxjs';
 * import { every } from 'gradstream/operators';
 * import { epochEnd } from 'gradstream/testing';
 *
 * of(epochEnd({ epoch: 0 }), epochEnd({ epoch: 1 }))
 *   .pipe(every({ epochs: 2 }))
 *   .subscribe(({ epoch, logs }) => console.log(epoch, logs.loss)); // 1 1
 * ```
 *
 * @param options one of `epochs`, `steps`, `ms`, at least 1.
 * @returns An operator that passes `epochEnd` events, or for `steps` and `ms` `step` events.
 * @throws InvalidArgumentError where not exactly one is given, or not a whole number from 1 on.
 */
export function every(options: { readonly epochs: number }): OperatorFunction<TrainEvent, EpochEnd>;
export function every(
  options: { readonly steps: number } | { readonly ms: number },
): OperatorFunction<TrainEvent, StepEvent>;
export function every(options: EveryOptions): OperatorFunction<TrainEvent, EpochEnd | StepEvent> {
  const given = Object.keys(options);
  if (given.length !== 1 || !['epochs', 'steps', 'ms'].includes(given[0])) {
    throw new InvalidArgumentError(`every: give one of epochs, steps, ms; got ${given.join(', ') || 'none'}.`);
  }
  checkCount('every', options, 1);
  if ('epochs' in options) {
    return filter((event): event is EpochEnd => event.type === 'epochEnd' && (event.epoch + 1) % options.epochs === 0);
  }
  if ('steps' in options) {
    return filter((event): event is StepEvent => event.type === 'step' && event.iterations % options.steps === 0);
  }
  return events =>
    defer(() => {
      let last = Number.NEGATIVE_INFINITY;
      return events.pipe(
        filter((event): event is StepEvent => {
          if (event.type !== 'step') return false;
          const elapsed = event.time - last;
          // Less than nothing: the system's clock was put back.
          if (elapsed >= 0 && elapsed < options.ms) return false;
          last = event.time;
          return true;
        }),
      );
    });
}
