import type * as tf from '@tensorflow/tfjs-core';
import type { Json } from '../text/json.js';

/**
 * A loss; a batch's loss is the mean of `perSample` times the sample weights (divided by their count, as in Keras), unless its
 * `reduction` says otherwise.
 */
export interface Loss {
  /** Keras's snake-case name. */
  readonly name: string;
  readonly config: Readonly<Record<string, Json>>;
  /** Where labels have to be class numbers; else they have the prediction's shape. */
  readonly labels?: 'classNumbers';
  /** Whether steps of sequences can be given to it as examples, for each has a loss of its own: then masked ones are left out. */
  readonly perStep?: boolean;
  /** `sum`: the sum instead of the mean. `mean_with_sample_weight`: the sum divided by that of the weights. */
  readonly reduction?: 'sum' | 'mean_with_sample_weight';
  /** The batch's loss is multiplied by it, which penalties aren't: Keras's `loss_weights`. Default 1. */
  readonly weight?: number;
  /** `[batch]`; of an example of several steps, the mean of theirs. */
  perSample(yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor1D;
  /** The same value from what stands before the model's last softmax or sigmoid; `yPred` is what stands behind it. */
  fromLogits?(yTrue: tf.Tensor, logits: tf.Tensor, yPred: tf.Tensor): tf.Tensor1D;
  /**
   * 1 for each example, or step, whose loss counts, `[batch, …]`: the mean is theirs. The loss of the others is 0. Absent: all count.
   */
  counts?(yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor;
}
