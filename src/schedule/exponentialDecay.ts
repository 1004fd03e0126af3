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
  // Its rounding is raised to the power, too: 0.999999 in float32 is after a million steps off by 1 %.
  const base = Math.fround(decayRate);
  return schedule(
    step => {
      const p = fractionOf(step, decaySteps);
      return initialLearningRate * base ** (staircase ? Math.floor(p) : p);
    },
    { name: 'exponentialDecay', initialLearningRate, decaySteps, decayRate, staircase },
  );
}
