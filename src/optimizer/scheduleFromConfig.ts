import { UnknownNameError } from '../error/unknownNameError.js';
import { type CosineDecayOptions, cosineDecay } from '../schedule/cosineDecay.js';
import { type CosineDecayRestartsOptions, cosineDecayRestarts } from '../schedule/cosineDecayRestarts.js';
import { type ExponentialDecayOptions, exponentialDecay } from '../schedule/exponentialDecay.js';
import { type InverseTimeDecayOptions, inverseTimeDecay } from '../schedule/inverseTimeDecay.js';
import { type PiecewiseConstantOptions, piecewiseConstant } from '../schedule/piecewiseConstant.js';
import { type PolynomialDecayOptions, polynomialDecay } from '../schedule/polynomialDecay.js';
import type { Schedule } from '../schedule/schedule.js';
import { camelCaseKeys } from '../text/camelCaseKeys.js';

type Options = Record<string, unknown>;

/** By Keras's class names; the options have Keras's names in camelCase. */
const SCHEDULES: Readonly<Record<string, (options: Options) => Schedule>> = {
  CosineDecay: options => cosineDecay(withoutIdleWarmup(options) as unknown as CosineDecayOptions),
  CosineDecayRestarts: options => cosineDecayRestarts(options as unknown as CosineDecayRestartsOptions),
  ExponentialDecay: options => exponentialDecay(options as unknown as ExponentialDecayOptions),
  InverseTimeDecay: options => inverseTimeDecay(options as unknown as InverseTimeDecayOptions),
  PiecewiseConstantDecay: options => piecewiseConstant(options as unknown as PiecewiseConstantOptions),
  PolynomialDecay: options => polynomialDecay(options as unknown as PolynomialDecayOptions),
};

/** Keras takes no notice of `warmup_steps` where there is no `warmup_target`. */
function withoutIdleWarmup({ warmupSteps, ...options }: Options): Options {
  return options.warmupTarget == null || warmupSteps === undefined ? options : { ...options, warmupSteps };
}

/**
 * A learning-rate schedule of Keras.
 *
 * @param className Keras's: `CosineDecay`
 * @param parameters by Keras's names: `decay_steps`
 * @throws UnknownNameError
 */
export function scheduleFromConfig(className: string, parameters: Readonly<Record<string, unknown>>): Schedule {
  if (!Object.hasOwn(SCHEDULES, className)) throw new UnknownNameError('schedule', className, Object.keys(SCHEDULES));
  const { name, ...options } = parameters;
  return SCHEDULES[className](camelCaseKeys(options));
}
