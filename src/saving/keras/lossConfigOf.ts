import { InvalidArgumentError } from '../../error/invalidArgumentError.js';
import { isRecord } from '../../text/json.js';
import type { KerasConfig } from './kerasConfig.js';

/** Keras's losses that are known here. */
const CLASSES = [
  'BinaryCrossentropy',
  'BinaryFocalCrossentropy',
  'CategoricalCrossentropy',
  'CategoricalFocalCrossentropy',
  'CategoricalGeneralizedCrossEntropy',
  'CategoricalHinge',
  'Circle',
  'CosineSimilarity',
  'Dice',
  'Hinge',
  'Huber',
  'KLDivergence',
  'LogCosh',
  'MeanAbsoluteError',
  'MeanAbsolutePercentageError',
  'MeanSquaredError',
  'MeanSquaredLogarithmicError',
  'Poisson',
  'SparseCategoricalCrossentropy',
  'SquaredHinge',
  'Tversky',
];

/**
 * A loss as it stands in a model file: one that `lossByName` has made in Keras's words, what is in these already as it is.
 *
 * @throws InvalidArgumentError for a loss of the caller's own: no file can hold code
 */
export function lossConfigOf(loss: unknown): unknown {
  const isObject = isRecord(loss) && typeof loss.perSample === 'function';
  if (!isObject && typeof loss !== 'function') return loss;
  const { name } = loss as { readonly name: string };
  const className = isObject
    ? CLASSES.find(known => known.toLowerCase() === name.replaceAll('_', '').toLowerCase())
    : undefined;
  if (className === undefined) throw codeIn(`loss '${name}'`);
  const config = { name, ...(loss as { readonly config: KerasConfig }).config };
  return { module: 'keras.losses', class_name: className, config, registered_name: null };
}

/** @throws InvalidArgumentError for functions and metrics made here */
export function metricConfigsOf<Metrics extends readonly unknown[] | null>(metrics: Metrics): Metrics {
  for (const metric of metrics ?? []) {
    if (typeof metric === 'function' || (isRecord(metric) && typeof metric.statistics === 'function')) {
      throw codeIn(`metric '${(metric as { readonly name: string }).name}'`);
    }
  }
  return metrics;
}

const codeIn = (what: string): InvalidArgumentError =>
  new InvalidArgumentError(
    `saveModel: the ${what} is code, which no model file can hold. Leave it away, or give Keras's name, or its { class_name, config }.`,
  );
