import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { checkFraction, checkNotNegative, checkPositive } from './check.js';
import { type Schedule, schedule } from './schedule.js';

export interface OneCycleOptions {
  readonly maxLearningRate: number;
  readonly totalSteps: number;
  /** Share of the steps in which the rate rises. Default: 0.3. */
  readonly pctStart?: number;
  /** The first rate is `maxLearningRate / divFactor`. Default: 25. */
  readonly divFactor?: number;
  /** The last rate is the first one divided by this. Default: 1e4. */
  readonly finalDivFactor?: number;
  /** Form of both ways: half a cosine or a straight line. Default: `cos`. */
  readonly anneal?: 'cos' | 'linear';
}

/**
 * Rises to `maxLearningRate` at step `pctStart · totalSteps − 1`, then falls until the last step, `totalSteps − 1`,
 * and stays there. With a top before step 0 it only falls, from below the maximum; with one at the last step it only rises.
 *
 * Source: `OneCycleLR` of PyTorch; Smith & Topin 2017, https://arxiv.org/abs/1708.07120.
 */
export function oneCycle(options: OneCycleOptions): Schedule {
  const { maxLearningRate, totalSteps, pctStart = 0.3, divFactor = 25, finalDivFactor = 1e4, anneal = 'cos' } = options;
  checkNotNegative('oneCycle', { maxLearningRate });
  checkPositive('oneCycle', { totalSteps, divFactor, finalDivFactor });
  if (!Object.hasOwn(FORMS, anneal)) {
    throw new InvalidArgumentError(`oneCycle: anneal must be 'cos' or 'linear', got '${anneal}'.`);
  }
  const form = FORMS[anneal];
  checkFraction('oneCycle', { pctStart });
  const top = pctStart * totalSteps - 1;
  const end = totalSteps - 1;
  if (top === 0) {
    throw new InvalidArgumentError(
      `oneCycle: pctStart · totalSteps is 1, so that the first step is the top and there is no way up; ` +
        `got pctStart ${pctStart} of ${totalSteps} steps.`,
    );
  }
  const first = maxLearningRate / divFactor;
  const last = first / finalDivFactor;
  return schedule(
    step => {
      const at = Math.min(step, end);
      return at <= top ? form(first, maxLearningRate, at / top) : form(maxLearningRate, last, (at - top) / (end - top));
    },
    { name: 'oneCycle', maxLearningRate, totalSteps, pctStart, divFactor, finalDivFactor, anneal },
  );
}

const FORMS = {
  cos: (from: number, to: number, fraction: number) => to + ((from - to) / 2) * (1 + Math.cos(Math.PI * fraction)),
  linear: (from: number, to: number, fraction: number) => from + (to - from) * fraction,
};
