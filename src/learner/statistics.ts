import * as tf from '@tensorflow/tfjs-core';
import type { LearnerMetric } from './learner.js';

/** A metric that is a mean over examples, of the means of batches. */
export const meanOfBatches = (name: string, direction: LearnerMetric['direction']): LearnerMetric => ({
  name,
  direction,
  size: 2,
  result: ([sum, count]) => sum / count,
});

/** The statistics of {@link meanOfBatches} for a batch of `examples`. */
export const meanStatistics = (mean: tf.Scalar, examples: number): tf.Tensor1D =>
  tf.stack([tf.mul(mean, examples), tf.scalar(examples)]) as tf.Tensor1D;

/** What a batch gives in one vector, which is one transfer: its loss, then the statistics of each metric. */
export const packed = (loss: tf.Scalar, statistics: readonly tf.Tensor1D[]): tf.Tensor1D =>
  tf.concat1d([tf.reshape(loss, [1]), ...statistics]);
