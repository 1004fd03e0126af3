import * as tf from '@tensorflow/tfjs-core';

/**
 * Contributions to rows of a table: one for each time that a row was looked up, so a row may come several times. What
 * TensorFlow calls `IndexedSlices`.
 */
export interface IndexedSlices {
  /** `[contributions, columns]`. */
  readonly values: tf.Tensor2D;
  /** Which row each is for, `[contributions]`, int32. */
  readonly indices: tf.Tensor1D;
  /** Of the table. */
  readonly shape: readonly [rows: number, columns: number];
}

/**
 * A weight's gradient: one array of its shape, or the contributions to the rows of an embedding. They stay apart because
 * Keras squares, measures and clips each for itself.
 */
export type Gradient = tf.Tensor | IndexedSlices;

/** The whole gradient, of the weight's shape. */
export const denseGradient = (gradient: Gradient): tf.Tensor => sumOfParts(gradient, part => part);

/** Sum of an elementwise function of the contributions, of the weight's shape; of an array, the function of it. */
export function sumOfParts(gradient: Gradient, of: (part: tf.Tensor) => tf.Tensor): tf.Tensor {
  if (gradient instanceof tf.Tensor) return of(gradient);
  const { values, indices, shape } = gradient;
  return tf.unsortedSegmentSum(of(values), indices, shape[0]);
}

/** The gradient with its contributions changed. */
export const mapParts = (gradient: Gradient, change: (part: tf.Tensor) => tf.Tensor): Gradient =>
  gradient instanceof tf.Tensor
    ? change(gradient)
    : { ...gradient, values: change(gradient.values) as IndexedSlices['values'] };
