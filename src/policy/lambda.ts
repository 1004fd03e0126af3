import { checkNames } from '../error/checkNames.js';
import type { Directive } from '../event/directive.js';
import { eventTypes } from '../event/eventTypes.js';
import type { TrainEvent } from '../event/trainEvent.js';
import type { Policy } from './policy.js';

/** One function for each type of event that matters; what it returns is asked of the driver. */
export type LambdaHooks = {
  readonly [Type in TrainEvent['type']]?: (
    event: Extract<TrainEvent, { type: Type }>,
  ) => readonly Directive[] | undefined;
};

export interface LambdaOptions {
  /** Default: `lambda`. */
  readonly key?: string;
}

/**
 * A controller of plain functions, without state: `lambda({ epochEnd: ({ logs }) => … })`. What has state is better
 * written as a `Policy`, so that a checkpoint carries it.
 *
 * @throws UnknownNameError where a function is for no type of event
 *
 * Source: `LambdaCallback` of Keras 3.
 */
export function lambda(hooks: LambdaHooks, { key = 'lambda' }: LambdaOptions = {}): Policy<null> {
  checkNames('event of lambda', Object.keys(hooks), eventTypes);
  return {
    key,
    init: () => null,
    update(state, event) {
      const hook = hooks[event.type] as ((event: TrainEvent) => readonly Directive[] | undefined) | undefined;
      return [state, hook?.(event) ?? []];
    },
  };
}
