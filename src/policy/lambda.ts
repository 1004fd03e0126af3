import type { Directive } from '../event/directive.js';
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
 * Source: `LambdaCallback` of Keras 3.
 */
export function lambda(hooks: LambdaHooks, { key = 'lambda' }: LambdaOptions = {}): Policy<null> {
  return {
    key,
    init: () => null,
    update(state, event) {
      const hook = hooks[event.type] as ((event: TrainEvent) => readonly Directive[] | undefined) | undefined;
      return [state, hook?.(event) ?? []];
    },
  };
}
