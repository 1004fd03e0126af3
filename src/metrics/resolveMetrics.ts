import { directionOf } from './direction.js';
import { type MetricFunction, meanMetric } from './meanMetric.js';
import type { Metric } from './metric.js';
import { type MetricContext, metricByName } from './metricByName.js';

/** A metric, its Keras name, or a user's function whose mean is taken. */
export type MetricLike = Metric | string | MetricFunction;

/**
 * Metrics as asked for, with names that are unique: a name stays as it is spelled, a second `auc` becomes `auc_1`.
 *
 * @throws UnknownNameError
 */
export function resolveMetrics(metrics: readonly MetricLike[], context: MetricContext): Metric[] {
  const counts = new Map<string, number>();
  return metrics.map(like => {
    const metric = resolveMetric(like, context);
    const count = counts.get(metric.name) ?? 0;
    counts.set(metric.name, count + 1);
    return count === 0 ? metric : { ...metric, name: `${metric.name}_${count}` };
  });
}

function resolveMetric(like: MetricLike, context: MetricContext): Metric {
  if (typeof like === 'string') return metricByName(like, { name: like }, context);
  if (typeof like !== 'function') return like;
  const name = like.name || 'metric';
  // It may count on the model's shapes.
  return { ...meanMetric(name, directionOf(name), like), perStep: false };
}
