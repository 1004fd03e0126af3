import { camelCaseKeys } from '../text/camelCaseKeys.js';
import { exactAccuracy } from './accuracy.js';
import type { Metric } from './metric.js';
import { type MetricContext, metricByName } from './metricByName.js';

/**
 * A metric as Keras describes it.
 *
 * @param className Keras's: `TopKCategoricalAccuracy`
 * @param parameters by Keras's names: `num_thresholds`, `name`; absent ones have Keras's defaults
 * @throws UnknownNameError
 */
export function metricFromConfig(
  className: string,
  parameters: Readonly<Record<string, unknown>>,
  context: MetricContext,
): Metric {
  const options = camelCaseKeys(parameters);
  // The class isn't what Keras takes the name 'accuracy' for.
  return className === 'Accuracy' ? exactAccuracy(options) : metricByName(className, options, context);
}
