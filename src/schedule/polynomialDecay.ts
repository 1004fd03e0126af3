import { checkNotNegative, checkPositive } from './check.js';
import { fractionOf } from './fractionOf.js';
import { type Schedule, schedule } from './schedule.js';

export interface PolynomialDecayOptions {
  readonly initialLearningRate: number;
  readonly decaySteps: number;
  /** Default: 1e-4. */
  readonly endLearningRate?: number;
  /** Default: 1, a straight line. */
  readonly power?: number;
  /** Starts afresh after `decaySteps`, each time from a longer way: see the formula. Default: false. */
  readonly cycle?: boolean;
}

/**
 * `(initialLearningRate − endLearningRate) · (1 − step / decaySteps)^power + endLearningRate`, and `endLearningRate`
 * from `decaySteps` on. With `cycle`, `decaySteps` is first multiplied until it is not below the step.
 *
 * Source: `PolynomialDecay` of Keras 3.
 */
export function polynomialDecay(options: PolynomialDecayOptions): Schedule {
  const { initialLearningRate, decaySteps, endLearningRate = 1e-4, power = 1, cycle = false } = options;
  checkNotNegative('polynomialDecay', { initialLearningRate, endLearningRate, power });
  checkPositive('polynomialDecay', { decaySteps });
  return schedule(
    step => {
      const length = cycle ? decaySteps * Math.max(1, Math.ceil(fractionOf(step, decaySteps))) : decaySteps;
      const left = Math.fround(1 - fractionOf(Math.min(step, length), length));
      return (initialLearningRate - endLearningRate) * left ** power + endLearningRate;
    },
    { name: 'polynomialDecay', initialLearningRate, decaySteps, endLearningRate, power, cycle },
  );
}
