import { defer, type OperatorFunction, Subject, type Subscription } from 'rxjs';
import type { Directive } from '../../src/event/directive.js';
import { isBarrier } from '../../src/event/isBarrier.js';
import { orderDirectives } from '../../src/event/orderDirectives.js';
import type { RunStart, TrainEvent } from '../../src/event/trainEvent.js';
import { checkKeys } from '../../src/policy/checkKeys.js';
import { foldPolicies, initialStates, type PolicyStates } from '../../src/policy/foldPolicies.js';
import type { Policy } from '../../src/policy/policy.js';

/**
 * Who may steer a run: a pure {@link Policy}, whose state stands in the checkpoint, or any operator from events to
 * directives, which begins afresh when a run is resumed.
 */
export type Controller = Policy | OperatorFunction<TrainEvent, Directive>;

/** Folds events through all controllers of one run. */
export class Controllers {
  private readonly members: readonly (Policy | RunningOperator)[];
  private states: PolicyStates;

  /** `states`: of the policies of a resumed run. */
  constructor(controllers: readonly Controller[], states: PolicyStates | undefined) {
    const policies = controllers.filter(isPolicy);
    checkKeys(policies);
    this.states = states === undefined ? initialStates(policies) : statesOf(policies, states);
    this.members = controllers.map(controller => (isPolicy(controller) ? controller : new RunningOperator(controller)));
  }

  /**
   * Shows the controllers an event, one after the other. What they ask after a barrier comes in the order in which it is to be carried
   * out; what they ask after any other event is dropped. An operator that answers later than in the same tick is heard at the next
   * barrier.
   *
   * @throws what an operator's Observable failed with.
   */
  next(event: TrainEvent): readonly Directive[] {
    const isHeard = isBarrier(event);
    const asked = this.members.flatMap(member =>
      member instanceof RunningOperator ? member.show(event, isHeard) : this.fold(member, event),
    );
    return isHeard ? orderDirectives(asked) : [];
  }

  /** Shows them the start of a resumed run. Only policies that are new in it are heard: what the others asked had been done. */
  resume(event: RunStart): readonly Directive[] {
    const known = this.states;
    const asked = this.members.flatMap(member => {
      if (member instanceof RunningOperator) return member.show(event, false);
      const directives = this.fold(member, event);
      return Object.hasOwn(known, member.key) ? [] : directives;
    });
    return orderDirectives(asked);
  }

  private fold(policy: Policy, event: TrainEvent): readonly Directive[] {
    const [states, directives] = foldPolicies([policy], this.states, event);
    this.states = { ...this.states, ...states };
    return directives;
  }

  /** State of each policy, for the checkpoint. */
  get policyStates(): PolicyStates {
    return this.states;
  }

  /** Ends the operators' subscriptions. */
  dispose(): void {
    for (const member of this.members) if (member instanceof RunningOperator) member.dispose();
  }
}

/** An operator that steers a run, and what it has asked since it was listened to last. */
class RunningOperator {
  private readonly events = new Subject<TrainEvent>();
  private readonly subscription: Subscription;
  private asked: Directive[] = [];
  private failure: { readonly error: unknown } | undefined;

  constructor(operator: OperatorFunction<TrainEvent, Directive>) {
    this.subscription = defer(() => operator(this.events)).subscribe({
      next: directive => this.asked.push(directive),
      error: error => {
        this.failure = { error };
      },
    });
  }

  /** What it asks. An answer to an event that isn't heard is dropped; what it asked before waits. */
  show(event: TrainEvent, isHeard: boolean): readonly Directive[] {
    const { length } = this.asked;
    this.events.next(event);
    if (!isHeard) this.asked.length = length;
    this.throwFailure();
    return isHeard ? this.asked.splice(0) : [];
  }

  /** Once: what is told while the run fails goes to the others. */
  private throwFailure(): void {
    const { failure } = this;
    this.failure = undefined;
    if (failure !== undefined) throw failure.error;
  }

  dispose(): void {
    this.subscription.unsubscribe();
  }
}

const isPolicy = (controller: Controller): controller is Policy => typeof controller !== 'function';

/** Without those of policies that are no longer there. */
const statesOf = (policies: readonly Policy[], states: PolicyStates): PolicyStates =>
  Object.fromEntries(Object.entries(states).filter(([name]) => policies.some(({ key }) => key === name)));
