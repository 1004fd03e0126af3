import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import type { Head } from './head.js';
import type { LearnerMetric } from './learner.js';
import { nameTwiceInLogs } from './nameTwiceInLogs.js';
import { meanOfBatches } from './statistics.js';

/**
 * In the order of a step's statistics: the whole loss, those of several heads, and what each head is judged by.
 *
 * @throws InvalidArgumentError where the names of outputs make two of one name in the logs
 */
export function learnerMetrics(heads: readonly Head[]): readonly LearnerMetric[] {
  const ofHeads = heads.flatMap(({ metrics, weightedMetrics }) => [...metrics, ...weightedMetrics]);
  if (heads.length === 1) return [lossMetric('loss'), ...ofHeads];
  const metrics = [lossMetric('loss'), ...heads.map(({ name }) => lossMetric(`${name}_loss`)), ...ofHeads];
  const twice = nameTwiceInLogs(metrics.map(({ name }) => name));
  if (twice === undefined) return metrics;
  throw new InvalidArgumentError(
    `The outputs ${heads.map(({ name }) => name).join(', ')} would make two of the name '${twice}' in the logs. Give their layers other names.`,
  );
}

/** The mean of the batches' losses, each weighted by its examples. */
const lossMetric = (name: string): LearnerMetric => meanOfBatches(name, 'min');
