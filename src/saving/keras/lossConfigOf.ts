import { isList } from '../../array/isList.js';
import { InvalidArgumentError } from '../../error/invalidArgumentError.js';
import type { LossName } from '../../loss/lossFamilies.js';
import { isRecord } from '../../text/json.js';
import { isKerasObject, type KerasConfig } from './kerasConfig.js';
import type { MetricConfigs } from './trainingConfig.js';

/** Keras's classes of losses. */
const CLASSES: Readonly<Record<LossName, string>> = {
  mean_squared_error: 'MeanSquaredError',
  mean_absolute_error: 'MeanAbsoluteError',
  mean_absolute_percentage_error: 'MeanAbsolutePercentageError',
  mean_squared_logarithmic_error: 'MeanSquaredLogarithmicError',
  cosine_similarity: 'CosineSimilarity',
  log_cosh: 'LogCosh',
  poisson: 'Poisson',
  kl_divergence: 'KLDivergence',
  hinge: 'Hinge',
  squared_hinge: 'SquaredHinge',
  categorical_hinge: 'CategoricalHinge',
  huber: 'Huber',
  categorical_crossentropy: 'CategoricalCrossentropy',
  sparse_categorical_crossentropy: 'SparseCategoricalCrossentropy',
  binary_crossentropy: 'BinaryCrossentropy',
  binary_focal_crossentropy: 'BinaryFocalCrossentropy',
  categorical_focal_crossentropy: 'CategoricalFocalCrossentropy',
  categorical_generalized_cross_entropy: 'CategoricalGeneralizedCrossEntropy',
  dice: 'Dice',
  tversky: 'Tversky',
  circle: 'Circle',
};

/** What a model is trained with, for one output, or for several by their names. */
export const isByOutput = (given: unknown): given is Readonly<Record<string, unknown>> =>
  isRecord(given) && !('class_name' in given) && !isLossObject(given);

const isLossObject = (loss: unknown): loss is { readonly name: string; readonly config: KerasConfig } =>
  isRecord(loss) && typeof loss.perSample === 'function';

/**
 * A loss, or several, as it stands in a model file: one that `lossByName` has made in Keras's words, what is in these already as it is.
 *
 * @throws InvalidArgumentError for a loss of the caller's own: no file can hold code
 */
export function lossConfigOf(loss: unknown): unknown {
  if (Array.isArray(loss)) return loss.map(lossConfigOf);
  if (isByOutput(loss)) return Object.fromEntries(Object.entries(loss).map(([name, one]) => [name, lossConfigOf(one)]));
  if (!isLossObject(loss) && typeof loss !== 'function') return withModule(loss, 'keras.losses');
  const { name } = loss;
  if (!isLossObject(loss) || !Object.hasOwn(CLASSES, name)) throw codeIn(`loss '${name}'`);
  const config = { name, ...loss.config };
  return { module: 'keras.losses', class_name: CLASSES[name as LossName], config, registered_name: null };
}

/** @throws InvalidArgumentError for functions and metrics made here */
export function metricConfigsOf(metrics: MetricConfigs): MetricConfigs {
  if (isList(metrics)) return metrics.map(metricConfigOf);
  return Object.fromEntries(Object.entries(metrics).map(([name, list]) => [name, list.map(metricConfigOf)]));
}

function metricConfigOf(metric: unknown): unknown {
  if (Array.isArray(metric)) return metric.map(metricConfigOf);
  if (typeof metric === 'function' || (isRecord(metric) && typeof metric.statistics === 'function')) {
    throw codeIn(`metric '${(metric as { readonly name: string }).name}'`);
  }
  return withModule(metric, 'keras.metrics');
}

/** Keras leaves the module out of what it writes to an .h5 file, and finds no class without it in a .keras file. */
const withModule = (object: unknown, module: string): unknown =>
  isKerasObject(object) && !('module' in object) && !object.class_name.includes('>')
    ? { module, ...object, registered_name: null }
    : object;

const codeIn = (what: string): InvalidArgumentError =>
  new InvalidArgumentError(
    `saveModel: the ${what} is code, which no model file can hold. Leave it away, or give Keras's name, or its { class_name, config }.`,
  );
