import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import type { Spelling } from '../text/spelling.js';
import { directionOf } from './direction.js';
import { type MetricFunction, meanMetric } from './meanMetric.js';
import type { Metric } from './metric.js';
import { type MetricContext, type MetricName, metricByName } from './metricByName.js';

/** A metric, its Keras name, or a user's function whose mean is taken. */
export type MetricLike = Metric | Spelling<MetricName> | MetricFunction;

/** Metrics of all examples alike, and those that count each by its weight. */
interface Metrics<T> {
  readonly metrics: readonly T[];
  readonly weightedMetrics: readonly T[];
}

/** Classes whose objects Keras numbers as they are made: in both lists a second one is `precision_1`. */
const NUMBERED: readonly string[] = [
  ...['auc', 'precision', 'recall', 'true_positives', 'false_positives', 'false_negatives', 'true_negatives'],
  ...['sensitivity_at_specificity', 'specificity_at_sensitivity', 'precision_at_recall', 'recall_at_precision'],
  ...['io_u', 'mean_io_u', 'one_hot_io_u', 'one_hot_mean_io_u', 'binary_io_u'],
];

/**
 * Metrics as asked for, with names that are unique: a name stays as it is spelled, a second `auc` becomes `auc_1`, and a weighted
 * `accuracy` beside a plain one `weighted_accuracy`. The name `loss` is the loss's own. Before all of them stands `prefix`.
 *
 * Source: `CompileMetrics.result` in keras/src/trainers/compile_utils.py.
 *
 * @throws UnknownNameError
 */
export function resolveMetrics(given: Metrics<MetricLike>, context: MetricContext, prefix = ''): Metrics<Metric> {
  const counts = new Map([['loss', 1]]);
  const unique = (name: string): string => {
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    return count === 0 ? name : `${name}_${count}`;
  };
  const named = (likes: readonly MetricLike[], nameOf: (name: string, like: MetricLike) => string): Metric[] =>
    likes.map(like => {
      const metric = resolveMetric(like, context);
      return { ...metric, name: prefix + unique(nameOf(metric.name, like)) };
    });
  const metrics = named(given.metrics, name => name);
  const weightedMetrics = named(given.weightedMetrics, (name, like) => {
    const isNumbered = typeof like !== 'string' && NUMBERED.includes(name);
    return counts.has(name) && !isNumbered ? `weighted_${name}` : name;
  });
  return { metrics, weightedMetrics };
}

function resolveMetric(like: MetricLike, context: MetricContext): Metric {
  if (typeof like === 'string') return metricByName(like, { name: like }, context);
  if (typeof like !== 'function') {
    if (typeof like.statistics === 'function') return like;
    throw new InvalidArgumentError(
      `${JSON.stringify(like)} is no metric. Give Keras's name of one, what 'metricByName' makes, or a function.`,
    );
  }
  const name = like.name || 'metric';
  // It may count on the model's shapes.
  return { ...meanMetric(name, directionOf(name), like), perStep: false };
}
