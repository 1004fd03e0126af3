import * as tf from '@tensorflow/tfjs-core';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import type { Json } from '../text/json.js';
import { circleLoss } from './circleLoss.js';
import * as formulas from './lossFunctions.js';
import type { LossOptions } from './lossOptions.js';

/** Keras's names of its losses. */
export type LossName =
  | 'mean_squared_error'
  | 'mean_absolute_error'
  | 'mean_absolute_percentage_error'
  | 'mean_squared_logarithmic_error'
  | 'cosine_similarity'
  | 'log_cosh'
  | 'poisson'
  | 'kl_divergence'
  | 'hinge'
  | 'squared_hinge'
  | 'categorical_hinge'
  | 'huber'
  | 'categorical_crossentropy'
  | 'sparse_categorical_crossentropy'
  | 'binary_crossentropy'
  | 'binary_focal_crossentropy'
  | 'categorical_focal_crossentropy'
  | 'categorical_generalized_cross_entropy'
  | 'dice'
  | 'tversky'
  | 'circle';

type Formula = (yTrue: tf.Tensor, yPred: tf.Tensor) => tf.Tensor;
/** From what stands before the last softmax or sigmoid, with what stands behind it beside. */
export type LogitFormula = (yTrue: tf.Tensor, logits: tf.Tensor, yPred: tf.Tensor) => tf.Tensor;

/** What tells one loss from another. */
interface Family {
  readonly value: Formula;
  readonly logits?: LogitFormula;
  readonly counts?: Formula;
  /** What labels are smoothed towards, by the number of classes. */
  readonly smooth?: (classes: number) => number;
  readonly labels?: 'classNumbers';
  /** Examples count together: it can't be had of each alone. */
  readonly ofBatch?: true;
  /** Whether it has one value for a whole batch, which there is nothing to reduce of. Default: one for each example or step. */
  readonly hasOneValue?: boolean;
  /** Further options, by Keras's names. */
  readonly config?: Readonly<Record<string, Json>>;
}

const plain = (value: Formula) => (): Family => ({ value });
const evenly = (classes: number): number => 1 / classes;
const half = (): number => 0.5;

function sparse(formula: Formula, counts: Formula | undefined): Formula {
  return (y, p) => {
    const loss = formula(formulas.oneHotLike(y, p), p);
    return counts === undefined ? loss : tf.mul(loss, counts(y, p));
  };
}

/** Keras bounds what a sparse loss is given before it brings the sum to 1, and after it what others are. */
const ofBounded: Formula = (y, p) =>
  formulas.categoricalCrossentropy(y, tf.clipByValue(p, formulas.EPSILON, 1 - formulas.EPSILON));

/** 1 where a class number is another one. */
const isOther =
  (classNumber: number): Formula =>
  (y, p) =>
    tf.cast(tf.notEqual(tf.reshape(y, p.shape.slice(0, -1)), classNumber), 'float32');

/** What there is to each loss, made of its own options. */
export const lossFamilies: Readonly<Record<LossName, (options: LossOptions) => Family>> = {
  mean_squared_error: plain(formulas.meanSquaredError),
  mean_absolute_error: plain(formulas.meanAbsoluteError),
  mean_absolute_percentage_error: plain(formulas.meanAbsolutePercentageError),
  mean_squared_logarithmic_error: plain(formulas.meanSquaredLogarithmicError),
  cosine_similarity: plain((y, p) => tf.neg(formulas.cosine(y, p))),
  log_cosh: plain(formulas.logCosh),
  poisson: plain(formulas.poisson),
  kl_divergence: plain(formulas.klDivergence),
  hinge: plain(formulas.hinge),
  squared_hinge: plain(formulas.squaredHinge),
  categorical_hinge: plain(formulas.categoricalHinge),
  huber: ({ delta = 1 }) => ({ value: formulas.huber(delta), config: { delta } }),
  categorical_crossentropy: () => ({
    value: formulas.categoricalCrossentropy,
    logits: formulas.categoricalCrossentropyFromLogits,
    smooth: evenly,
  }),
  sparse_categorical_crossentropy: ({ ignoreClass = null }) => {
    const counts = ignoreClass === null ? undefined : isOther(ignoreClass);
    return {
      value: sparse(ofBounded, counts),
      logits: sparse(formulas.categoricalCrossentropyFromLogits, counts),
      ...(counts && { counts }),
      labels: 'classNumbers',
      config: { ignore_class: ignoreClass },
    };
  },
  binary_crossentropy: () => ({
    value: formulas.binaryCrossentropy,
    logits: formulas.binaryCrossentropyFromLogits,
    smooth: half,
  }),
  binary_focal_crossentropy: ({ alpha = 0.25, gamma = 2, applyClassBalancing = false, fromLogits = false }) => {
    const { value, logits } = formulas.binaryFocalCrossentropy(gamma, applyClassBalancing ? alpha : null);
    const ofSigmoid: Formula = (y, x) => logits(y, x, tf.sigmoid(x));
    return {
      value: fromLogits ? ofSigmoid : value,
      // With from_logits Keras takes what it is given for logits, whatever stands before.
      ...(!fromLogits && { logits }),
      smooth: half,
      config: { alpha, gamma, apply_class_balancing: applyClassBalancing, from_logits: fromLogits },
    };
  },
  categorical_focal_crossentropy: ({ alpha = 0.25, gamma = 2, fromLogits = false }) => {
    const formula = formulas.categoricalFocalCrossentropy(gamma, alpha);
    return {
      value: fromLogits ? (y, p) => formula(y, tf.softmax(p)) : formula,
      smooth: evenly,
      config: { alpha, gamma, from_logits: fromLogits },
    };
  },
  categorical_generalized_cross_entropy: ({ q = 0.5 }) => {
    if (!(q > 0 && q < 1)) throw new InvalidArgumentError(`q of the loss is ${q}; give a number between 0 and 1.`);
    return { value: formulas.categoricalGeneralizedCrossEntropy(q), config: { q } };
  },
  dice: ({ axis = null }) => ({
    value: formulas.dice(axis),
    ofBatch: true,
    hasOneValue: axis === null,
    config: { axis: jsonOf(axis) },
  }),
  tversky: ({ alpha = 0.5, beta = 0.5, axis = null }) => ({
    value: formulas.tversky(alpha, beta, axis),
    ofBatch: true,
    hasOneValue: axis === null,
    config: { alpha, beta, axis: jsonOf(axis) },
  }),
  circle: ({ gamma = 80, margin = 0.4, removeDiagonal = true }) => ({
    value: circleLoss({ gamma, margin, removeDiagonal }),
    ofBatch: true,
    labels: 'classNumbers',
    config: { gamma, margin, remove_diagonal: removeDiagonal },
  }),
};

const jsonOf = (axis: formulas.Axes): Json => (typeof axis === 'object' && axis !== null ? [...axis] : axis);
