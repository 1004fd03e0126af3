import * as tf from '@tensorflow/tfjs-core';
import { UnknownNameError } from '../error/unknownNameError.js';
import type { Loss } from './loss.js';
import * as formulas from './lossFunctions.js';

export type LossFunction = (yTrue: tf.Tensor, yPred: tf.Tensor) => tf.Tensor;
/** A loss, its Keras name, or a user's function: per example, or a scalar for the batch. */
export type LossLike = Loss | string | LossFunction;

export interface LossOptions {
  readonly fromLogits?: boolean;
  readonly labelSmoothing?: number;
  /** Where Huber's loss turns linear. */
  readonly delta?: number;
}

type Formula = LossFunction;
interface Family {
  readonly value: Formula;
  readonly logits?: Formula;
  /** What labels are smoothed towards, by the number of classes. */
  readonly smooth?: (classes: number) => number;
}

const sparse =
  (formula: Formula): Formula =>
  (y, p) =>
    formula(formulas.oneHotLike(y, p), p);

const plain: Readonly<Record<string, Formula>> = {
  mean_squared_error: formulas.meanSquaredError,
  mean_absolute_error: formulas.meanAbsoluteError,
  mean_absolute_percentage_error: formulas.meanAbsolutePercentageError,
  mean_squared_logarithmic_error: formulas.meanSquaredLogarithmicError,
  cosine_similarity: (y, p) => tf.neg(formulas.cosine(y, p)),
  log_cosh: formulas.logCosh,
  poisson: formulas.poisson,
  kl_divergence: formulas.klDivergence,
  hinge: formulas.hinge,
  squared_hinge: formulas.squaredHinge,
  categorical_hinge: formulas.categoricalHinge,
};

const families: Readonly<Record<string, Family>> = {
  categorical_crossentropy: {
    value: formulas.categoricalCrossentropy,
    logits: formulas.categoricalCrossentropyFromLogits,
    smooth: classes => 1 / classes,
  },
  sparse_categorical_crossentropy: {
    value: sparse(formulas.categoricalCrossentropy),
    logits: sparse(formulas.categoricalCrossentropyFromLogits),
  },
  binary_crossentropy: {
    value: formulas.binaryCrossentropy,
    logits: formulas.binaryCrossentropyFromLogits,
    smooth: () => 0.5,
  },
};

const KNOWN = [...Object.keys(plain), ...Object.keys(families), 'huber'];
const ALIASES: Readonly<Record<string, string>> = {
  mse: 'mean_squared_error',
  mae: 'mean_absolute_error',
  mape: 'mean_absolute_percentage_error',
  msle: 'mean_squared_logarithmic_error',
  logcosh: 'log_cosh',
  logcosherror: 'log_cosh',
  bce: 'binary_crossentropy',
  kullbackleiblerdivergence: 'kl_divergence',
  kld: 'kl_divergence',
};

/** Keras's name in snake case, from any spelling: `MeanSquaredError`, `meanSquaredError`, `mse`. */
export function lossName(given: string): string | undefined {
  const key = given.replaceAll('_', '').toLowerCase();
  return ALIASES[key] ?? KNOWN.find(name => name.replaceAll('_', '') === key);
}

/** @throws UnknownNameError */
export function lossByName(given: string, options: LossOptions = {}): Loss {
  const name = lossName(given);
  if (name === undefined) throw new UnknownNameError('loss', given, KNOWN);
  const { fromLogits = false, labelSmoothing = 0, delta = 1 } = options;
  const family = families[name] ?? { value: name === 'huber' ? formulas.huber(delta) : plain[name] };
  const prepared =
    (formula: Formula) =>
    (y: tf.Tensor, p: tf.Tensor): tf.Tensor1D => {
      const towards = family.smooth?.(p.shape[p.shape.length - 1]) ?? 0;
      const labels = tf.cast(y, 'float32');
      const smooth = labelSmoothing > 0 && family.smooth !== undefined;
      return perExample(
        formula(smooth ? tf.add(tf.mul(labels, 1 - labelSmoothing), labelSmoothing * towards) : labels, p),
        p,
      );
    };
  const logits = family.logits;
  return {
    name,
    config: {
      ...(logits === undefined ? {} : { from_logits: fromLogits }),
      ...(family.smooth === undefined ? {} : { label_smoothing: labelSmoothing }),
      ...(name === 'huber' ? { delta } : {}),
    },
    perSample: prepared(fromLogits && logits !== undefined ? logits : family.value),
    ...(logits === undefined || fromLogits ? {} : { fromLogits: prepared(logits) }),
  };
}

/** @throws UnknownNameError */
export function resolveLoss(loss: LossLike): Loss {
  if (typeof loss === 'string') return lossByName(loss);
  if (typeof loss !== 'function') return loss;
  const perSample = (y: tf.Tensor, p: tf.Tensor): tf.Tensor1D => perExample(loss(y, p), p);
  return { name: loss.name || 'custom_loss', config: {}, perSample };
}

/** Mean over all axes but the first; a scalar stands for each example. */
function perExample(values: tf.Tensor, yPred: tf.Tensor): tf.Tensor1D {
  if (values.rank === 0) return tf.mul(values, tf.ones([yPred.shape[0]]));
  return (values.rank === 1 ? values : tf.mean(tf.reshape(values, [values.shape[0], -1]), 1)) as tf.Tensor1D;
}
