import * as tf from '@tensorflow/tfjs-core';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';

/**
 * What each example weighs by its class, `[batch]`; 1 where its class has no weight.
 *
 * @param y labels as the loss wants them
 * @param outputs how many numbers the model gives
 */
export function weightByClass(
  classWeight: Readonly<Record<number, number>>,
  y: tf.Tensor,
  outputs: number,
): tf.Tensor1D {
  const classes = Math.max(2, outputs, ...Object.keys(classWeight).map(key => Number(key) + 1));
  const table = tf.tensor1d(Array.from({ length: classes }, (_, i) => classWeight[i] ?? 1));
  const oneHot = tf.oneHot(classOfEach(y), classes);
  const others = tf.sub(1, tf.sum(oneHot, -1));
  return tf.add(tf.sum(tf.mul(oneHot, table), -1), others) as tf.Tensor1D;
}

/** Number of each example's class, as Keras takes it: rounded, or of labels with one value a class, the largest one's. */
function classOfEach(y: tf.Tensor): tf.Tensor1D {
  if (y.rank > 2 || (y.rank === 2 && y.dtype === 'int32')) {
    throw new InvalidArgumentError(
      `classWeight needs one class an example; the labels have shape [${y.shape.slice(1)}] a row. Leave it out.`,
    );
  }
  const isNumber = y.rank === 1 || y.shape.at(-1) === 1;
  if (!isNumber) return tf.argMax(y, -1) as tf.Tensor1D;
  const numbers = tf.reshape(y, [y.shape[0]]) as tf.Tensor1D;
  return y.dtype === 'int32' ? numbers : tf.cast(tf.round(numbers), 'int32');
}
