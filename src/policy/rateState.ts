import type { ScaleLearningRate, SetLearningRate } from '../event/directive.js';

/** What controllers have made of the learning rate so far; plain data, for the checkpoint. */
export type RateState = {
  /** Set by `setLearningRate`: the schedule is silenced. */
  readonly overwritten: number | null;
  /** Product of all `scaleLearningRate`. */
  readonly scale: number;
  /** The largest bound that came with a scale. */
  readonly atLeast: number;
};

export const INITIAL_RATE_STATE: RateState = { overwritten: null, scale: 1, atLeast: 0 };

export function directRate(state: RateState, directive: SetLearningRate | ScaleLearningRate): RateState {
  if (directive.type === 'setLearningRate') return { ...state, overwritten: directive.value };
  return {
    ...state,
    scale: state.scale * directive.factor,
    atLeast: Math.max(state.atLeast, directive.atLeast ?? 0),
  };
}

/** The rate that counts, from the schedule's. The bound holds back the scale; it never lifts the schedule itself. */
export function rateOf({ overwritten, scale, atLeast }: RateState, scheduled: number): number {
  return overwritten ?? Math.max(scheduled * scale, Math.min(scheduled, atLeast));
}
