import type * as tf from '@tensorflow/tfjs-core';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { inFloat32 } from '../graph/inFloat32.js';
import type { AppliedOutput } from '../layer/applyModel.js';
import type { Metric } from '../metrics/metric.js';
import { batchLoss } from './batchLoss.js';
import type { Head } from './head.js';
import { countedBy, type Judged } from './judged.js';

/** What a model, or one of its outputs, is worth on a batch. */
export interface Measured {
  readonly loss: tf.Scalar;
  /** Of each metric, and each weighted one. */
  readonly statistics: readonly tf.Tensor1D[];
}

/**
 * Loss and metrics at one output, without penalties and without the loss's own weight.
 *
 * @param y as the loss wants it
 * @param weight how much each example counts; null: all alike
 */
export function measureHead(head: Head, applied: AppliedOutput, y: tf.Tensor, weight: tf.Tensor1D | null): Measured {
  const { output, logits, logOdds, mask } = applied;
  // As Keras does, which looks at what is before the activation, not which one it is.
  const before = logits ?? logOdds;
  const seen = { output: inFloat32(output), raw: before && inFloat32(before) };
  const judged = (weight: tf.Tensor1D | null): Judged => ({ y, ...seen, weight });
  const statisticsOf = (metric: Metric, weight: tf.Tensor1D | null): tf.Tensor1D => {
    const { y, output, raw, weight: counted } = countedBy(metric, judged(weight), mask);
    if (raw === null) return metric.statistics(y, output, counted);
    if (metric.statisticsFromLogits !== undefined) return metric.statisticsFromLogits(y, raw, counted, output);
    return metric.statistics(y, metric.ordinal && logits !== null ? raw : output, counted);
  };
  const statistics = (metric: Metric, weight: tf.Tensor1D | null): tf.Tensor1D =>
    checkedStatistics(metric, statisticsOf(metric, weight));
  return {
    loss: batchLoss(head.loss, judged(weight), mask),
    statistics: [
      ...head.metrics.map(metric => statistics(metric, null)),
      ...head.weightedMetrics.map(metric => statistics(metric, weight)),
    ],
  };
}

/** They stand one after the other: too many or too few of one metric would be taken for another's. */
function checkedStatistics({ name, size }: Metric, statistics: tf.Tensor1D): tf.Tensor1D {
  if (statistics.rank === 1 && statistics.shape[0] === size) return statistics;
  throw new InvalidArgumentError(
    `The metric '${name}' gave statistics of shape [${statistics.shape}], but its size is ${size}. ` +
      "Give it the model's number of classes, or make 'size' and 'statistics' of an own one agree.",
  );
}
