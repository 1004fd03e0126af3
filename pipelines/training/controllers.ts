import { type OperatorFunction, Subject, type Subscription } from 'rxjs';
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
  private readonly policies: readonly Policy[];
  private readonly events = new Subject<TrainEvent>();
  private readonly subscriptions: readonly Subscription[];
  private states: PolicyStates;
  private asked: Directive[] = [];
  private failure: { readonly error: unknown } | undefined;

  /** `states`: of the policies of a resumed run. */
  constructor(controllers: readonly Controller[], states: PolicyStates | undefined) {
    this.policies = controllers.filter(isPolicy);
    checkKeys(this.policies);
    this.states = states ?? initialStates(this.policies);
    this.subscriptions = controllers.filter(isOperator).map(operator =>
      this.events.pipe(operator).subscribe({
        next: directive => this.asked.push(directive),
        error: error => {
          this.failure = { error };
        },
      }),
    );
  }

  /**
   * Shows the controllers an event. What they ask after a barrier comes in the order in which it is to be carried out; what they
   * ask after any other event is dropped. An operator that answers later than in the same tick is heard at the next barrier.
   *
   * @throws what an operator's Observable failed with.
   */
  next(event: TrainEvent): readonly Directive[] {
    const isHeard = isBarrier(event);
    const directives = this.fold(event);
    this.showOperators(event, isHeard);
    if (!isHeard) return [];
    if (this.asked.length === 0) return directives;
    const all = orderDirectives([...directives, ...this.asked]);
    this.asked = [];
    return all;
  }

  /** Shows them the start of a resumed run. Only policies that are new in it are heard: what the others asked had been done. */
  resume(event: RunStart): readonly Directive[] {
    const isNew = ({ key }: Policy) => !Object.hasOwn(this.states, key);
    const [added, known] = [this.policies.filter(isNew), this.policies.filter(policy => !isNew(policy))];
    const [states] = foldPolicies(known, this.states, event);
    const [addedStates, directives] = foldPolicies(added, {}, event);
    this.states = { ...states, ...addedStates };
    this.showOperators(event, false);
    return directives;
  }

  private showOperators(event: TrainEvent, areHeard: boolean): void {
    const { length } = this.asked;
    this.events.next(event);
    if (!areHeard) this.asked.length = length;
    this.throwFailure();
  }

  private fold(event: TrainEvent): readonly Directive[] {
    const [states, directives] = foldPolicies(this.policies, this.states, event);
    this.states = states;
    return directives;
  }

  /** Once: what is told while the run fails goes to the others. */
  private throwFailure(): void {
    const { failure } = this;
    this.failure = undefined;
    if (failure !== undefined) throw failure.error;
  }

  /** State of each policy, for the checkpoint. */
  get policyStates(): PolicyStates {
    return this.states;
  }

  /** Ends the operators' subscriptions. */
  dispose(): void {
    for (const subscription of this.subscriptions) subscription.unsubscribe();
  }
}

const isOperator = (controller: Controller): controller is OperatorFunction<TrainEvent, Directive> =>
  typeof controller === 'function';

const isPolicy = (controller: Controller): controller is Policy => !isOperator(controller);
