import * as tf from '@tensorflow/tfjs-core';
import { softmaxCrossEntropy } from '../layer/softmaxCrossEntropy.js';

/** Element by element or over the last axis, as `losses.py` of Keras 3 has them; 1e-7 is Keras's epsilon. */
type Formula = (yTrue: tf.Tensor, yPred: tf.Tensor) => tf.Tensor;

export const EPSILON = 1e-7;
const last = (values: tf.Tensor): tf.Tensor => tf.mean(values, -1);
const positive = (x: tf.Tensor): tf.Tensor => tf.maximum(x, EPSILON);
const logOf = (x: tf.Tensor): tf.Tensor => tf.log(tf.add(positive(x), 1));
/** Labels 0 and 1 become −1 and 1 for hinge losses; labels that are −1 already stay. */
const signs = (y: tf.Tensor): tf.Tensor =>
  tf.where(tf.all(tf.logicalOr(tf.equal(y, 0), tf.equal(y, 1))), tf.sub(tf.mul(y, 2), 1), y);
const hingeTerms: Formula = (y, p) => tf.relu(tf.sub(1, tf.mul(signs(y), p)));
const unit = (x: tf.Tensor): tf.Tensor => tf.div(x, tf.sqrt(tf.maximum(tf.sum(tf.square(x), -1, true), 1e-12)));

export const meanSquaredError: Formula = (y, p) => last(tf.squaredDifference(p, y));
export const meanAbsoluteError: Formula = (y, p) => last(tf.abs(tf.sub(p, y)));
export const meanAbsolutePercentageError: Formula = (y, p) =>
  tf.mul(last(tf.abs(tf.div(tf.sub(y, p), positive(tf.abs(y))))), 100);
export const meanSquaredLogarithmicError: Formula = (y, p) => last(tf.squaredDifference(logOf(p), logOf(y)));
export const cosine: Formula = (y, p) => tf.sum(tf.mul(unit(y), unit(p)), -1);
export const logCosh: Formula = (y, p) => {
  const x = tf.sub(p, y);
  return last(tf.sub(tf.add(x, tf.softplus(tf.mul(x, -2))), Math.log(2)));
};
export const poisson: Formula = (y, p) => last(tf.sub(p, tf.mul(y, tf.log(tf.add(p, EPSILON)))));
export const klDivergence: Formula = (y, p) => {
  const [t, q] = [tf.clipByValue(y, EPSILON, 1), tf.clipByValue(p, EPSILON, 1)];
  return tf.sum(tf.mul(t, tf.log(tf.div(t, q))), -1);
};
export const hinge: Formula = (y, p) => last(hingeTerms(y, p));
export const squaredHinge: Formula = (y, p) => last(tf.square(hingeTerms(y, p)));
export const categoricalHinge: Formula = (y, p) =>
  tf.relu(tf.add(tf.sub(tf.max(tf.mul(tf.sub(1, y), p), -1), tf.sum(tf.mul(y, p), -1)), 1));
export const huber =
  (delta: number): Formula =>
  (y, p) => {
    const error = tf.abs(tf.sub(p, y));
    const inside = tf.minimum(error, delta);
    return last(tf.mul(inside, tf.sub(error, tf.mul(inside, 0.5))));
  };

/** From probabilities, normalised to the sum 1 as Keras does. */
export const categoricalCrossentropy: Formula = (y, p) => {
  const normal = tf.div(p, tf.sum(p, -1, true));
  return tf.neg(tf.sum(tf.mul(y, tf.log(tf.clipByValue(normal, EPSILON, 1 - EPSILON))), -1));
};
export const categoricalCrossentropyFromLogits: Formula = softmaxCrossEntropy;
export const binaryCrossentropy: Formula = (y, p) => {
  const q = tf.clipByValue(p, EPSILON, 1 - EPSILON);
  return last(tf.neg(tf.add(tf.mul(y, tf.log(q)), tf.mul(tf.sub(1, y), tf.log(tf.sub(1, q))))));
};
export const binaryCrossentropyFromLogits: Formula = (y, logits) =>
  last(tf.sub(tf.softplus(logits), tf.mul(y, logits)));

/** Class numbers `[batch]` or `[batch, 1]` as rows like the prediction's. */
export const oneHotLike: Formula = (y, p) =>
  tf.oneHot(tf.cast(tf.reshape(y, p.shape.slice(0, -1)), 'int32'), p.shape[p.shape.length - 1], 1, 0, 'float32');
