import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { checkNotNegative, checkPositive } from './check.js';
import { halfCosine } from './halfCosine.js';
import { type Schedule, schedule } from './schedule.js';

export interface CosineDecayOptions {
  /** Rate at the beginning: of the decay, or of the warm-up where there is one. */
  readonly initialLearningRate: number;
  /** Steps of the decay, the warm-up not counted. */
  readonly decaySteps: number;
  /** Where the decay ends, as a fraction of the rate it starts from; above 1 the rate rises. Default: 0. */
  readonly alpha?: number;
  /** Rate at the end of the warm-up, from which the decay then starts. Default: no warm-up. */
  readonly warmupTarget?: number;
  /** Steps of the warm-up. Default: 0. */
  readonly warmupSteps?: number;
}

/**
 * A straight line from `initialLearningRate` to `warmupTarget`, then half a cosine down to `alpha` of it.
 *
 * Source: `CosineDecay` of Keras 3; Loshchilov & Hutter 2016, https://arxiv.org/abs/1608.03983.
 */
export function cosineDecay(options: CosineDecayOptions): Schedule {
  const { initialLearningRate, decaySteps, alpha = 0, warmupTarget = null, warmupSteps = 0 } = options;
  checkNotNegative('cosineDecay', { initialLearningRate, alpha, warmupSteps });
  checkPositive('cosineDecay', { decaySteps });
  if (warmupTarget !== null) checkNotNegative('cosineDecay', { warmupTarget });
  else if (warmupSteps > 0) {
    throw new InvalidArgumentError(
      `cosineDecay: warmupSteps is ${warmupSteps}, but there is no warmupTarget: name the rate to warm up to.`,
    );
  }
  const peak = warmupTarget ?? initialLearningRate;
  return schedule(
    step => {
      if (step < warmupSteps) return initialLearningRate + (peak - initialLearningRate) * (step / warmupSteps);
      const fraction = Math.min(1, (step - warmupSteps) / decaySteps);
      return peak * ((1 - alpha) * halfCosine(fraction) + alpha);
    },
    { name: 'cosineDecay', initialLearningRate, decaySteps, alpha, warmupTarget, warmupSteps },
  );
}
