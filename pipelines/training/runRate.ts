import type { ScaleLearningRate, SetLearningRate } from '../../src/event/directive.js';
import type { LearnerWarning } from '../../src/learner/learner.js';
import { directRate, INITIAL_RATE_STATE, type RateState, rateOf } from '../../src/policy/rateState.js';
import { NO_RATE_WRITERS, noteWriter, type RateWriters, writersCollide } from '../../src/policy/rateWriters.js';

/** The learning rate of one run: what its controllers have made of the optimizer's schedule. */
export class RunRate {
  constructor(
    private state: RateState = INITIAL_RATE_STATE,
    private writers: RateWriters = NO_RATE_WRITERS,
  ) {}

  /** The rate that counts, in the precision of a step. */
  of(scheduled: number): number {
    return Math.fround(rateOf(this.state, scheduled));
  }

  /** A warning at the first directive with which one controller undoes another. */
  direct(directive: SetLearningRate | ScaleLearningRate): LearnerWarning | undefined {
    const collidedBefore = writersCollide(this.writers);
    this.state = directRate(this.state, directive);
    this.writers = noteWriter(this.writers, directive);
    return collidedBefore || !writersCollide(this.writers) ? undefined : collision(this.writers);
  }

  /** For the snapshot. */
  toState(): { readonly rate: RateState; readonly rateWriters: RateWriters } {
    return { rate: this.state, rateWriters: this.writers };
  }
}

function collision({ setters, scalers }: RateWriters): LearnerWarning {
  const names = [...new Set([...setters, ...scalers])].map(name => `'${name}'`);
  return {
    code: 'learning-rate-collision',
    message:
      `${names.join(' and ')} all write the learning rate. What ${setters.join(', ')} sets counts until the next one sets it, ` +
      "and silences every scale. Let all of them scale (as reduceLearningRateOnPlateau's apply: 'scale' does) to combine them.",
  };
}
