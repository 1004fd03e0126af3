import { checkNotNegative, checkPositive } from './check.js';
import { fractionOf } from './fractionOf.js';
import { type Schedule, schedule } from './schedule.js';

export interface ExponentialDecayOptions {
  readonly initialLearningRate: number;
  readonly decaySteps: number;
  readonly decayRate: number;
  /** Decays at whole multiples of `decaySteps` only. Default: false. */
  readonly staircase?: boolean;
}

/**
 * `initialLearningRate · decayRate^(step / decaySteps)`.
 *
 * Source: `ExponentialDecay` of Keras 3.
 */
export function exponentialDecay(options: ExponentialDecayOptions): Schedule {
  const { initialLearningRate, decaySteps, decayRate, staircase = false } = options;
  checkNotNegative('exponentialDecay', { initialLearningRate, decayRate });
  checkPositive('exponentialDecay', { decaySteps });
  return schedule(
    step => {
      const p = staircase ? Math.floor(fractionOf(step, decaySteps)) : step / decaySteps;
      return initialLearningRate * decayRate ** p;
    },
    { name: 'exponentialDecay', initialLearningRate, decaySteps, decayRate, staircase },
  );
}
