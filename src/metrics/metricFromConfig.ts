import { camelCaseKeys } from '../text/camelCaseKeys.js';
import type { Metric } from './metric.js';
import { type MetricContext, metricByName } from './metricByName.js';

/**
 * A metric as Keras describes it.
 *
 * @param className Keras's: `TopKCategoricalAccuracy`
 * @param parameters by Keras's names: `num_thresholds`, `name`; absent ones have Keras's defaults
 * @throws UnknownNameError
 */
export const metricFromConfig = (
  className: string,
  parameters: Readonly<Record<string, unknown>>,
  context: MetricContext,
): Metric => metricByName(className, camelCaseKeys(parameters), context);
