import { checkNotNegative, checkPositive } from './check.js';
import { fractionOf } from './fractionOf.js';
import { type Schedule, schedule } from './schedule.js';

export interface InverseTimeDecayOptions {
  readonly initialLearningRate: number;
  readonly decaySteps: number;
  readonly decayRate: number;
  /** Decays at whole multiples of `decaySteps` only. Default: false. */
  readonly staircase?: boolean;
}

/**
 * `initialLearningRate / (1 + decayRate · step / decaySteps)`.
 *
 * Source: `InverseTimeDecay` of Keras 3.
 */
export function inverseTimeDecay(options: InverseTimeDecayOptions): Schedule {
  const { initialLearningRate, decaySteps, decayRate, staircase = false } = options;
  checkNotNegative('inverseTimeDecay', { initialLearningRate, decayRate });
  checkPositive('inverseTimeDecay', { decaySteps });
  return schedule(
    step => {
      const p = staircase ? Math.floor(fractionOf(step, decaySteps)) : step / decaySteps;
      return initialLearningRate / (1 + decayRate * p);
    },
    { name: 'inverseTimeDecay', initialLearningRate, decaySteps, decayRate, staircase },
  );
}
