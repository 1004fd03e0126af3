import { checkFraction, checkNotNegative, checkPositive } from './check.js';
import { fractionOf } from './fractionOf.js';
import { halfCosine } from './halfCosine.js';
import { type Schedule, schedule } from './schedule.js';

export interface CosineDecayRestartsOptions {
  readonly initialLearningRate: number;
  readonly firstDecaySteps: number;
  /** Each period is so many times as long as the one before. Default: 2. */
  readonly tMul?: number;
  /** Each period starts from so many times the rate of the one before. Default: 1. */
  readonly mMul?: number;
  /** Where a period ends, as a fraction of `initialLearningRate`. Default: 0. */
  readonly alpha?: number;
}

/**
 * Cosine decay that starts again and again ("SGDR").
 *
 * Source: `CosineDecayRestarts` of Keras 3; Loshchilov & Hutter 2016, https://arxiv.org/abs/1608.03983.
 */
export function cosineDecayRestarts(options: CosineDecayRestartsOptions): Schedule {
  const { initialLearningRate, firstDecaySteps, tMul = 2, mMul = 1, alpha = 0 } = options;
  checkNotNegative('cosineDecayRestarts', { initialLearningRate, mMul });
  checkPositive('cosineDecayRestarts', { firstDecaySteps, tMul });
  checkFraction('cosineDecayRestarts', { alpha });
  return schedule(
    step => {
      const [period, fraction] = periodOf(fractionOf(step, firstDecaySteps), tMul);
      const decayed = (1 - alpha) * Math.fround(mMul) ** period * halfCosine(fraction) + alpha;
      return initialLearningRate * decayed;
    },
    { name: 'cosineDecayRestarts', initialLearningRate, firstDecaySteps, tMul, mMul, alpha },
  );
}

/**
 * Number of the period that a step is in, and the fraction of it that has passed. `completed` is the step in units of
 * the first period; period i begins at `(1 − tMul^i) / (1 − tMul)` of them. Every operation is one of float32, as in Keras,
 * which decides to which period the steps about a restart belong.
 */
function periodOf(completed: number, tMul: number): [number, number] {
  const { fround } = Math;
  const t = fround(tMul);
  if (t === 1) return [Math.floor(completed), completed % 1];
  const decline = fround(1 - t);
  const period = Math.floor(fround(logarithm(fround(1 - fround(completed * decline))) / logarithm(t)));
  const power = fround(t ** period);
  const begin = fround(fround(1 - power) / decline);
  return [period, fround(fround(completed - begin) / power)];
}

const logarithm = (value: number): number => Math.fround(Math.log(value));
