import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { camelCaseKeys } from '../text/camelCaseKeys.js';
import type { Loss } from './loss.js';
import { lossByName } from './resolveLoss.js';

/**
 * A loss as Keras describes it.
 *
 * @param className Keras's: `CategoricalCrossentropy`
 * @param parameters by Keras's names: `label_smoothing`; absent ones have Keras's defaults
 * @throws UnknownNameError
 * @throws InvalidArgumentError where it is reduced in another way than by the mean over the batch
 */
export function lossFromConfig(className: string, parameters: Readonly<Record<string, unknown>>): Loss {
  const { reduction = 'sum_over_batch_size' } = parameters;
  if (reduction !== 'sum_over_batch_size' && reduction !== 'auto') {
    throw new InvalidArgumentError(
      `${className} has reduction '${reduction}'; a learner takes 'sum_over_batch_size', Keras's default.`,
    );
  }
  return lossByName(className, camelCaseKeys(parameters));
}
