import type { LayersModel } from '@tensorflow/tfjs-layers';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { outputNamesOf } from '../layer/endNames.js';
import type { Loss } from '../loss/loss.js';
import type { MetricContext } from '../metrics/metricByName.js';
import { metricFromConfig } from '../metrics/metricFromConfig.js';
import type { MetricLike } from '../metrics/resolveMetrics.js';
import { isRecord } from '../text/json.js';
import { ownValue } from '../text/ownValue.js';
import type { MetricConfigs } from './keras/trainingConfig.js';
import { ofOutputs } from './ofOutputs.js';

/**
 * The metrics that a model file was compiled with, by the names of the outputs, as `createLearner` takes them: Keras's names as they
 * are, and its classes with their options. Those of an output without a loss are left out.
 *
 * @param saved `training.metrics` or `training.weightedMetrics` of what `loadModel` gives
 * @param losses what `savedLosses` gives of the same file
 * @throws UnknownNameError where a metric, or an output, isn't known here; InvalidArgumentError where there are too many or too few
 */
export function savedMetrics(
  model: LayersModel,
  saved: MetricConfigs | null | undefined,
  losses: Readonly<Record<string, Loss>>,
): Readonly<Record<string, readonly MetricLike[]>> {
  const isOfOne = model.outputs.length === 1 && Array.isArray(saved);
  const given = ofOutputs(model, 'metrics', isOfOne ? [saved] : (saved ?? {}));
  return Object.fromEntries(
    outputNamesOf(model).flatMap((name, i) => {
      const loss = ownValue(losses, name);
      if (loss === undefined) return [];
      const context = { loss, outputShape: model.outputs[i].shape.slice(1) as number[] };
      const metrics = [ownValue(given, name) ?? []].flat(2).filter(metric => metric !== null);
      return [[name, metrics.map(metric => metricOf(metric, context))]];
    }),
  );
}

function metricOf(saved: unknown, context: MetricContext): MetricLike {
  if (typeof saved === 'string') return saved;
  if (isRecord(saved) && typeof saved.class_name === 'string') {
    const { class_name, config = {} } = saved;
    // A function of Keras, by its name.
    if (typeof config === 'string') return config;
    if (isRecord(config)) return metricFromConfig(class_name, config, context);
  }
  throw new InvalidArgumentError(`The file's metric ${JSON.stringify(saved)} is neither a name nor a class of Keras.`);
}
