import type { Directive } from '../../../src/event/directive.js';
import type { TrainEvent } from '../../../src/event/trainEvent.js';
import type { Policy } from '../../../src/policy/policy.js';

/** What a policy asks for at each event. */
export function decisions(policy: Policy, events: readonly TrainEvent[]): readonly (readonly Directive[])[] {
  let state = policy.init();
  return events.map(event => {
    const [next, directives] = policy.update(state, event);
    state = next;
    return directives;
  });
}
