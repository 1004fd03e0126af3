import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { camelCaseKeys } from '../text/camelCaseKeys.js';
import type { Optimizer, OptimizerOptions } from './optimizer.js';
import { optimizerByName } from './optimizerByName.js';
import { scheduleFromConfig } from './scheduleFromConfig.js';

type Parameters = Readonly<Record<string, unknown>>;

/**
 * An optimizer as Keras describes it.
 *
 * @param className Keras's: `RMSprop`
 * @param parameters by Keras's names: `beta_1`; absent ones have Keras's defaults, and what an optimizer here has not is left out. `learning_rate` may be a schedule,
 *   `{class_name, config}` or `{class, parameters}`
 * @throws UnknownNameError, InvalidArgumentError
 */
export function optimizerFromConfig(className: string, parameters: Parameters): Optimizer {
  const { learning_rate: rate, ...rest } = parameters;
  const known = { ...optimizerByName(className).config, decay: 0 };
  const options = camelCaseKeys(Object.fromEntries(Object.entries(rest).filter(([key]) => Object.hasOwn(known, key))));
  return optimizerByName(className, rate == null ? options : { ...options, learningRate: learningRate(rate) });
}

function learningRate(given: unknown): NonNullable<OptimizerOptions['learningRate']> {
  if (typeof given === 'number') return given;
  if (typeof given === 'object' && given !== null) {
    const { class_name, config, class: className, parameters } = given as Parameters;
    const name = class_name ?? className;
    if (typeof name === 'string') return scheduleFromConfig(name, (config ?? parameters ?? {}) as Parameters);
  }
  throw new InvalidArgumentError(
    `learning_rate is ${JSON.stringify(given)}; expected a number or a schedule with class_name and config.`,
  );
}
