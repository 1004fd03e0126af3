import * as tf from '@tensorflow/tfjs-core';
import { meanOfCounted } from './meanOfCounted.js';

export interface CircleOptions {
  /** How steep it is. Default 80. */
  readonly gamma?: number;
  /** How far apart similarities within and between classes shall be. Default 0.4. */
  readonly margin?: number;
  /** Whether an example isn't compared with itself. Default true. */
  readonly removeDiagonal?: boolean;
}

/**
 * Circle loss of embeddings of length 1, `[batch, size]`, by class numbers `[batch]`: each is drawn to those of its class in
 * the batch and pushed off the others. Source: Sun et al. 2020; `circle` of Keras 3 (`losses.py`).
 */
export function circleLoss({ gamma, margin, removeDiagonal }: Required<CircleOptions>) {
  return (labels: tf.Tensor, embeddings: tf.Tensor): tf.Tensor => {
    const batch = embeddings.shape[0] as number;
    const own = tf.reshape(labels, [batch, 1]);
    const same = tf.equal(own, tf.transpose(own));
    const positive = removeDiagonal ? tf.logicalAnd(same, tf.equal(tf.eye(batch), 0)) : same;
    const distance = tf.maximum(tf.sub(1, tf.matMul(embeddings, embeddings, false, true)), 0);
    const pull = tf.mul(tf.mul(tf.add(distance, margin), tf.sub(distance, margin)), gamma);
    const push = tf.mul(tf.mul(tf.maximum(tf.sub(1 + margin, distance), 0), tf.sub(1 - margin, distance)), gamma);
    const total = tf.add(logSumExpOf(pull, positive), logSumExpOf(push, tf.logicalNot(same)));
    const loss = tf.softplus(total);
    // Not greater, which has no gradient in tfjs, not even 0.
    return meanOfCounted(loss, tf.step(loss));
  };
}

/** Over each row, of what the mask has; minus (nearly) infinity where it has nothing. */
const logSumExpOf = (x: tf.Tensor, mask: tf.Tensor): tf.Tensor => tf.logSumExp(tf.where(mask, x, -1e9), 1);
