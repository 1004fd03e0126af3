import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import type { LearnerMetric } from '../learner/learner.js';

/**
 * A metric that streams exactly: each batch gives a few numbers whose sum over batches is all that the value needs, so it
 * is the same for any division into batches.
 */
export interface Metric extends LearnerMetric {
  /** Only the order of an example's predictions counts, so that a softmax before it changes nothing and may be left out. */
  readonly ordinal?: true;
  /** Whether steps of sequences can be given to it as examples, for each has a value of its own: then masked ones are left out. */
  readonly perStep?: boolean;
  /**
   * Statistics of one batch, `[size]`, float32. Must be written in functional tfjs operations, without a look at values:
   * the compiled step traces it.
   *
   * @param yTrue as the loss wants it: `[batch, ...targets]`, or class numbers `[batch]`
   * @param yPred `[batch, ...outputShape]`
   * @param sampleWeight how much each example counts; null: all alike
   */
  statistics(yTrue: Tensor, yPred: Tensor, sampleWeight: Tensor1D | null): Tensor1D;
  /** {@link statistics} of cross-entropies, which Keras computes from what stands before the model's last softmax or sigmoid. */
  statisticsFromLogits?(yTrue: Tensor, logits: Tensor, sampleWeight: Tensor1D | null, yPred: Tensor): Tensor1D;
}
