import * as tf from '@tensorflow/tfjs-core';

/** What losses and metrics look at. */
export interface Judged {
  /** `[examples, ...]`, as the loss wants it. */
  readonly y: tf.Tensor;
  /** `[examples, ...]`. */
  readonly output: tf.Tensor;
  /** What stands before the last softmax or sigmoid; null where there is none. */
  readonly raw: tf.Tensor | null;
  /** How much each example counts; null: all alike. */
  readonly weight: tf.Tensor1D | null;
}

/**
 * What a loss or a metric gets to see. With a mask `[examples, steps]` that is the steps of sequences, as examples of their own,
 * where each has a value: what is masked weighs 0.
 */
export function countedBy(
  { perStep = false }: { readonly perStep?: boolean },
  all: Judged,
  mask: tf.Tensor2D | null,
): Judged {
  if (mask === null || !perStep) return all;
  const { y, output, raw, weight } = all;
  const counted = tf.cast(mask, 'float32');
  const weights = weight === null ? counted : tf.mul(counted, tf.expandDims(weight, 1));
  return {
    y: stepsOf(y),
    output: stepsOf(output),
    raw: raw === null ? null : stepsOf(raw),
    weight: tf.reshape(weights, [weights.size]),
  };
}

const stepsOf = (x: tf.Tensor): tf.Tensor => {
  const [examples, steps, ...rest] = x.shape;
  return tf.reshape(x, [examples * steps, ...rest]);
};
