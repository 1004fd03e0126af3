import { checkOptions } from '../error/checkOptions.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { legacyDecay } from '../schedule/legacyDecay.js';
import { camelCaseKeys } from '../text/camelCaseKeys.js';
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

const OPTIONS: Readonly<Record<keyof OptimizerOptions, true>> = {
  learningRate: true,
  weightDecay: true,
  clipnorm: true,
  globalClipnorm: true,
  clipvalue: true,
  useEma: true,
  emaMomentum: true,
  emaOverwriteFrequency: true,
  gradientAccumulationSteps: true,
  decay: true,
};

/**
 * Puts the options of all optimizers around one's rule, in the order of Keras's `base_optimizer.py`: accumulate, clip
 * (the first of norm, global norm, value that is set), decay the weights, update, average.
 *
 * @throws InvalidArgumentError where a rate is none, a limit is not positive or more than one kind of clipping is asked for
 * @throws UnknownNameError where there is no such option
 */
export function buildOptimizer({ name, options, learningRate: standard, own, core, kernel }: Parts): Optimizer {
  const ofOwn = Object.fromEntries(Object.keys(camelCaseKeys(own)).map(key => [key, true as const]));
  checkOptions(name, options, { ...OPTIONS, ...ofOwn });
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
  checkRate(name, given);
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

/** From JavaScript. */
function checkRate(name: string, rate: unknown): void {
  if (typeof rate === 'number' ? Number.isFinite(rate) : typeof rate === 'function' && 'config' in rate) return;
  throw new InvalidArgumentError(
    typeof rate === 'function'
      ? `The learningRate of ${name} is a plain function: make a schedule of it by schedule(…), whose name stands in model files.`
      : `The learningRate of ${name} is ${typeof rate === 'number' ? rate : JSON.stringify(rate)}; expected a number or a schedule, such as exponentialDecay(…).`,
  );
}
