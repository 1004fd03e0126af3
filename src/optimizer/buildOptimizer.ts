import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { legacyDecay } from '../schedule/legacyDecay.js';
import type { Json } from '../text/json.js';
import { clipByGlobalNorm, clipByNorm, clipByValue } from './clip.js';
import { ema } from './ema.js';
import type { FusedKernel } from './fusedKernel.js';
import { gradientAccumulation } from './gradientAccumulation.js';
import { type GradientTransformation, type Wrapper, wrap } from './gradientTransformation.js';
import type { Optimizer, OptimizerOptions } from './optimizer.js';
import { weightDecay } from './weightDecay.js';

interface Parts {
  readonly name: string;
  readonly options: OptimizerOptions;
  readonly learningRate: number;
  /** The optimizer's own parameters, by Keras's names. */
  readonly own: Readonly<Record<string, Json>>;
  readonly core: GradientTransformation;
  readonly kernel?: FusedKernel;
}

/**
 * Puts the options of all optimizers around one's rule, in the order of Keras's `base_optimizer.py`: accumulate, clip
 * (the first of norm, global norm, value that is set), decay the weights, update, average.
 *
 * @throws InvalidArgumentError where a limit is not positive or more than one kind of clipping is asked for
 */
export function buildOptimizer({ name, options, learningRate: standard, own, core, kernel }: Parts): Optimizer {
  const { weightDecay: decayRate = null, clipnorm = null, globalClipnorm = null, clipvalue = null } = options;
  const {
    useEma = false,
    emaMomentum = 0.99,
    emaOverwriteFrequency = null,
    gradientAccumulationSteps = null,
  } = options;
  const positive = { clipnorm, globalClipnorm, clipvalue, emaOverwriteFrequency, gradientAccumulationSteps };
  for (const [key, value] of Object.entries(positive)) {
    if (value !== null && !(value > 0)) {
      throw new InvalidArgumentError(`${key} of ${name} is ${value}; give a number above 0, or leave it out.`);
    }
  }
  if ([clipnorm, globalClipnorm, clipvalue].filter(limit => limit !== null).length > 1) {
    throw new InvalidArgumentError(`${name} takes one of clipnorm, globalClipnorm and clipvalue, not several.`);
  }
  const wrappers: Wrapper[] = [];
  if (decayRate !== null) wrappers.push(weightDecay(decayRate));
  if (clipnorm !== null) wrappers.push(clipByNorm(clipnorm));
  if (globalClipnorm !== null) wrappers.push(clipByGlobalNorm(globalClipnorm));
  if (clipvalue !== null) wrappers.push(clipByValue(clipvalue));
  if (gradientAccumulationSteps !== null) wrappers.push(gradientAccumulation(gradientAccumulationSteps));
  if (useEma) wrappers.push(ema(emaMomentum, emaOverwriteFrequency, gradientAccumulationSteps));
  const given = options.learningRate ?? standard;
  if (options.decay !== undefined && options.decay !== 0 && typeof given !== 'number') {
    throw new InvalidArgumentError(`${name} got both decay and a schedule; give one of them.`);
  }
  return {
    name,
    learningRate:
      typeof given === 'number' && options.decay ? legacyDecay({ learningRate: given, decay: options.decay }) : given,
    config: {
      learning_rate: typeof given === 'number' ? given : (given.config as Json),
      weight_decay: decayRate,
      clipnorm,
      global_clipnorm: globalClipnorm,
      clipvalue,
      use_ema: useEma,
      ema_momentum: emaMomentum,
      ema_overwrite_frequency: emaOverwriteFrequency,
      gradient_accumulation_steps: gradientAccumulationSteps,
      ...(options.decay ? { decay: options.decay } : {}),
      ...own,
    },
    transform: wrap(core, ...wrappers),
    ...(kernel !== undefined && wrappers.length === 0 ? { kernel } : {}),
  };
}
