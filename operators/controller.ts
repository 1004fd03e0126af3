import { concatMap, defer, type OperatorFunction } from 'rxjs';
import type { Directive } from '../src/event/directive.js';
import type { TrainEvent } from '../src/event/trainEvent.js';
import type { Policy } from '../src/policy/policy.js';
import type { Json } from '../src/text/json.js';

export interface ControllerOptions<State> {
  /** To begin with, of an earlier run's checkpoint. Default: the policy's `init()`. */
  readonly state?: State;
  /** Told the state after each event, before its directives go out. */
  readonly onState?: (state: State) => void;
}

/**
 * Lifts a policy to an operator from events to directives.
 *
 * ```
 * events:     -a-b-c-d-|          epoch ends; the best loss is b's
 *             controller(earlyStopping({ patience: 2 }))
 * directives: -------s-|
 * ```
 *
 * Directives go out in the same tick as the event that they answer. Each subscription has a state of its own.
 *
 * *Backpressure:* none needed; it holds one state and no event. An event that comes while the directives of the last one
 * are still going out waits for its turn.
 *
 * *Errors:* passed on; what `update` or `onState` throws becomes an error.
 *
 * ## Example
 * Stop after ten steps
 * ```ts
 * import { of } from 'rxjs';
 * import { lambda } from 'gradstream';
 * import { controller } from 'gradstream/operators';
 * import { stepEvent } from 'gradstream/testing';
 *
 * const tenSteps = lambda({
 *   step: ({ iterations }) => (iterations < 10 ? [] : [{ type: 'stop', by: 'tenSteps', reason: 'ten steps' }]),
 * });
 * of(stepEvent({ iterations: 9 }), stepEvent({ iterations: 10 }))
 *   .pipe(controller(tenSteps))
 *   .subscribe(({ type }) => console.log(type)); // stop
 * ```
 *
 * @param policy what to ask for, as a pure fold.
 * @param options where the state comes from and who is told of it.
 * @returns An operator from events to directives.
 */
export function controller<State extends Json>(
  policy: Policy<State>,
  { state, onState }: ControllerOptions<State> = {},
): OperatorFunction<TrainEvent, Directive> {
  return events =>
    defer(() => {
      let current = state === undefined ? policy.init() : state;
      return events.pipe(
        concatMap(event => {
          const [next, directives] = policy.update(current, event);
          current = next;
          onState?.(current);
          return directives;
        }),
      );
    });
}
