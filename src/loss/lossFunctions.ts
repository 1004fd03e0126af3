import * as tf from '@tensorflow/tfjs-core';
import { absolute } from '../layer/absolute.js';
import { softmaxCrossEntropy } from '../layer/softmaxCrossEntropy.js';
import type { LossOptions } from './lossOptions.js';

/** Element by element or over the last axis, as `losses.py` of Keras 3 has them; 1e-7 is Keras's epsilon. */
type Formula = (yTrue: tf.Tensor, yPred: tf.Tensor) => tf.Tensor;

export const EPSILON = 1e-7;
const last = (values: tf.Tensor): tf.Tensor => tf.mean(values, -1);
const positive = (x: tf.Tensor): tf.Tensor => tf.maximum(x, EPSILON);
const logOf = (x: tf.Tensor): tf.Tensor => tf.log(tf.add(positive(x), 1));
/** Labels 0 and 1 become −1 and 1 for hinge losses; labels that are −1 already stay. */
const signs = (y: tf.Tensor): tf.Tensor =>
  tf.where(tf.all(tf.logicalOr(tf.equal(y, 0), tf.equal(y, 1))), tf.sub(tf.mul(y, 2), 1), y);
const hingeTerms: Formula = (y, p) => tf.maximum(tf.sub(1, tf.mul(signs(y), p)), 0);
const unit = (x: tf.Tensor): tf.Tensor => tf.div(x, tf.sqrt(tf.maximum(tf.sum(tf.square(x), -1, true), 1e-12)));

export const meanSquaredError: Formula = (y, p) => last(tf.squaredDifference(p, y));
export const meanAbsoluteError: Formula = (y, p) => last(absolute(tf.sub(p, y)));
export const meanAbsolutePercentageError: Formula = (y, p) =>
  tf.mul(last(absolute(tf.div(tf.sub(y, p), positive(tf.abs(y))))), 100);
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
  tf.maximum(tf.add(tf.sub(tf.max(tf.mul(tf.sub(1, y), p), -1), tf.sum(tf.mul(y, p), -1)), 1), 0);
export const huber =
  (delta: number): Formula =>
  (y, p) => {
    const error = absolute(tf.sub(p, y));
    const inside = tf.minimum(error, delta);
    return last(tf.mul(inside, tf.sub(error, tf.mul(inside, 0.5))));
  };

/** From probabilities, normalised to the sum 1 as Keras does. */
export const categoricalCrossentropy: Formula = (y, p) => {
  const normal = tf.div(p, tf.sum(p, -1, true));
  return tf.neg(tf.sum(tf.mul(y, tf.log(tf.clipByValue(normal, EPSILON, 1 - EPSILON))), -1));
};
export const categoricalCrossentropyFromLogits: Formula = softmaxCrossEntropy;
const binaryEntropy: Formula = (y, p) => {
  const q = tf.clipByValue(p, EPSILON, 1 - EPSILON);
  return tf.neg(tf.add(tf.mul(y, tf.log(q)), tf.mul(tf.sub(1, y), tf.log(tf.sub(1, q)))));
};
const binaryEntropyFromLogits: Formula = (y, logits) => tf.sub(tf.softplus(logits), tf.mul(y, logits));
export const binaryCrossentropy: Formula = (y, p) => last(binaryEntropy(y, p));
export const binaryCrossentropyFromLogits: Formula = (y, logits) => last(binaryEntropyFromLogits(y, logits));

/** What is right already counts little: by probabilities, and by logits beside them. Source: Lin et al. 2017. */
export function binaryFocalCrossentropy(gamma: number, alpha: number | null) {
  const focal = (y: tf.Tensor, p: tf.Tensor, entropy: tf.Tensor): tf.Tensor => {
    const wrong = tf.sub(1, ofBoth(y, p, tf.sub(1, p)));
    const weighted = tf.mul(tf.pow(wrong, tf.scalar(gamma)), entropy);
    return last(alpha === null ? weighted : tf.mul(ofBoth(y, tf.scalar(alpha), tf.scalar(1 - alpha)), weighted));
  };
  return {
    value: (y: tf.Tensor, p: tf.Tensor) => focal(y, p, binaryEntropy(y, p)),
    logits: (y: tf.Tensor, logits: tf.Tensor, p: tf.Tensor) => focal(y, p, binaryEntropyFromLogits(y, logits)),
  };
}
/** `ofOne` where the label is 1, `ofZero` where it is 0, in between for others. */
const ofBoth = (y: tf.Tensor, ofOne: tf.Tensor, ofZero: tf.Tensor): tf.Tensor =>
  tf.add(tf.mul(y, ofOne), tf.mul(tf.sub(1, y), ofZero));

export const categoricalFocalCrossentropy =
  (gamma: number, alpha: number): Formula =>
  (y, p) => {
    const q = tf.clipByValue(tf.div(p, tf.sum(p, -1, true)), EPSILON, 1 - EPSILON);
    const weight = tf.mul(tf.pow(tf.sub(1, q), tf.scalar(gamma)), alpha);
    return tf.neg(tf.sum(tf.mul(weight, tf.mul(y, tf.log(q))), -1));
  };
/** Source: Zhang and Sabuncu 2018. */
export const categoricalGeneralizedCrossEntropy =
  (q: number): Formula =>
  (y, p) => {
    const own = tf.sum(tf.mul(y.size === p.size ? y : oneHotLike(y, p), p), -1);
    return tf.div(tf.sub(1, tf.pow(own, tf.scalar(q))), q);
  };

/** Axes over which a loss of overlap sums; null: all, the batch's too. */
export type Axes = Exclude<LossOptions['axis'], undefined>;
const sumAlong = (values: tf.Tensor, axes: Axes): tf.Tensor =>
  tf.sum(values, axes === null ? undefined : typeof axes === 'number' ? axes : [...axes]);

export const dice =
  (axes: Axes): Formula =>
  (y, p) => {
    const sizes = tf.add(tf.add(sumAlong(y, axes), sumAlong(p, axes)), EPSILON);
    return tf.sub(1, tf.div(tf.mul(sumAlong(tf.mul(y, p), axes), 2), sizes));
  };
/** `alpha` weighs what of the labels is missing, `beta` what is predicted beside them. Source: Salehi et al. 2017. */
export const tversky =
  (alpha: number, beta: number, axes: Axes): Formula =>
  (y, p) => {
    const common = sumAlong(tf.mul(y, p), axes);
    const missing = sumAlong(tf.mul(tf.sub(1, p), y), axes);
    const beside = sumAlong(tf.mul(p, tf.sub(1, y)), axes);
    const whole = tf.addN([common, tf.mul(missing, alpha), tf.mul(beside, beta)]);
    return tf.sub(1, tf.div(common, tf.add(whole, EPSILON)));
  };

/** Class numbers `[batch]` or `[batch, 1]` as rows like the prediction's. */
export const oneHotLike: Formula = (y, p) =>
  tf.oneHot(tf.cast(tf.reshape(y, p.shape.slice(0, -1)), 'int32'), p.shape[p.shape.length - 1], 1, 0, 'float32');
