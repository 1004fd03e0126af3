import type { Directive } from '../event/directive.js';
import { orderDirectives } from '../event/orderDirectives.js';
import type { TrainEvent } from '../event/trainEvent.js';
import type { Json } from '../text/json.js';
import type { Policy } from './policy.js';

/** States of a run's policies by their keys, as a checkpoint holds them. */
export type PolicyStates = Readonly<Record<string, Json>>;

/** The states before any event. */
export function initialStates(policies: readonly Policy[]): PolicyStates {
  return Object.fromEntries(policies.map(({ key, init }) => [key, init()]));
}

/**
 * One barrier: every policy sees the event, in order, and what they ask for comes back in the order in which it is to be
 * carried out. A policy without a state (a run that was resumed with one more) begins with its initial one.
 */
export function foldPolicies(
  policies: readonly Policy[],
  states: PolicyStates,
  event: TrainEvent,
): readonly [PolicyStates, readonly Directive[]] {
  const asked: Directive[] = [];
  const next = policies.map((policy): [string, Json] => {
    const state = Object.hasOwn(states, policy.key) ? states[policy.key] : policy.init();
    const [after, directives] = policy.update(state, event);
    asked.push(...directives);
    return [policy.key, after];
  });
  return [Object.fromEntries(next), orderDirectives(asked)];
}
