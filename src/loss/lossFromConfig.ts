import { camelCaseKeys } from '../text/camelCaseKeys.js';
import type { Loss } from './loss.js';
import { lossByName } from './lossByName.js';

/**
 * A loss as Keras describes it.
 *
 * @param className Keras's: `CategoricalCrossentropy`
 * @param parameters by Keras's names: `label_smoothing`; absent ones have Keras's defaults
 * @throws UnknownNameError where Keras's loss, or how it is reduced (`none`), isn't known here
 */
export function lossFromConfig(className: string, parameters: Readonly<Record<string, unknown>>): Loss {
  return lossByName(className, camelCaseKeys(parameters));
}
