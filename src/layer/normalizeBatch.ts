import * as tf from '@tensorflow/tfjs-core';
import { normalizationAttributes } from '../graph/completeNormalizations.js';
import { watchNormalization } from '../graph/tellNaN.js';
import { currentNative } from '../native/backend.js';
import type { NativeBackend } from '../native/nativeBackend.js';
import { customGradient, type Forward, isDerivedTwice } from './customGradient.js';

/** Parameters of a batch normalisation; `gamma` and `beta` have shape `[channels]`. */
export interface BatchNormalization {
  readonly axis: number;
  readonly epsilon: number;
  /** Null: not scaled. */
  readonly gamma: tf.Tensor1D | null;
  /** Null: not shifted. */
  readonly beta: tf.Tensor1D | null;
  /** Gets mean and variance of the batch, `[channels]`; called once, outside of any gradient. */
  onStatistics(mean: tf.Tensor1D, variance: tf.Tensor1D): void;
  /** Which places count for mean and variance, of all axes but the last; null: all. */
  readonly mask?: tf.Tensor | null;
}

/**
 * `gamma·(x − mean)/√(variance + epsilon) + beta` by the batch's own mean and variance along all axes but one. The variance
 * is the plain one (divided by N), in the formula and as given to `onStatistics`: so it is in Keras 3.
 *
 * Source: Ioffe and Szegedy, "Batch Normalization", 2015; keras/src/layers/normalization/batch_normalization.py.
 */
export function normalizeBatch(x: tf.Tensor, options: BatchNormalization): tf.Tensor {
  const native = currentNative();
  const axis = placeOf(options.axis, x);
  const { mask = null } = options;
  if (mask !== null) return normalizeCounted(x, axis, mask, options);
  return native !== undefined && axis === x.rank - 1 && !isDerivedTwice()
    ? normalizeFused(native.backend, x, options)
    : normalizeByMoments(x, axis, options);
}

/** Counted from the first axis. */
const placeOf = (axis: number, x: tf.Tensor): number => (axis < 0 ? axis + x.rank : axis);

/** Keras's `backend.epsilon()`: what nothing is divided by where no place counts. */
const NOT_ZERO = 1e-7;

function normalizeCounted(x: tf.Tensor, axis: number, mask: tf.Tensor, options: BatchNormalization): tf.Tensor {
  const axes = x.shape.map((_, i) => i).filter(i => i !== axis);
  const counted = tf.mul(tf.cast(tf.expandDims(mask, -1), 'float32'), tf.onesLike(x));
  const count = tf.add(tf.sum(counted, axes, true), NOT_ZERO);
  const meanOf = (values: tf.Tensor): tf.Tensor => tf.div(tf.sum(tf.mul(values, counted), axes, true), count);
  const mean = meanOf(x);
  const variance = meanOf(tf.square(tf.sub(x, mean)));
  options.onStatistics(tf.reshape(mean, [x.shape[axis]]), tf.reshape(variance, [x.shape[axis]]));
  return normalizeBy(x, mean, variance, options);
}

function normalizeByMoments(x: tf.Tensor, axis: number, options: BatchNormalization): tf.Tensor {
  const axes = x.shape.map((_, i) => i).filter(i => i !== axis);
  const mean = tf.mean(x, axes, true);
  const variance = tf.mean(tf.square(tf.sub(x, mean)), axes, true);
  options.onStatistics(tf.reshape(mean, [x.shape[axis]]), tf.reshape(variance, [x.shape[axis]]));
  return normalizeBy(x, mean, variance, options);
}

/** The same by a mean and a variance that are given, with as many numbers as there are channels. */
export function normalizeBy(
  x: tf.Tensor,
  mean: tf.Tensor,
  variance: tf.Tensor,
  { axis, gamma, beta, epsilon }: Omit<BatchNormalization, 'onStatistics'>,
): tf.Tensor {
  const place = placeOf(axis, x);
  const ofChannels = (values: tf.Tensor): tf.Tensor =>
    tf.reshape(
      values,
      x.shape.map((dim, i) => (i === place ? dim : 1)),
    );
  let factor: tf.Tensor = tf.rsqrt(tf.add(ofChannels(variance), epsilon));
  if (gamma !== null) factor = tf.mul(factor, ofChannels(gamma));
  const normalized = tf.mul(tf.sub(x, ofChannels(mean)), factor);
  return beta === null ? normalized : tf.add(normalized, ofChannels(beta));
}

/** TensorFlow's fused kernel: it wants four dimensions, the channels last. */
function normalizeFused(
  backend: NativeBackend,
  x: tf.Tensor,
  { gamma, beta, epsilon, onStatistics }: BatchNormalization,
): tf.Tensor {
  const channels = x.shape[x.rank - 1];
  const count = x.size / channels;
  const attributes = normalizationAttributes(epsilon, true);
  const normalize = (input: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor): Forward => {
    const unused = tf.tensor1d([], 'float32');
    const inputs = [input, scale, offset, unused, unused];
    const [value, mean, unbiased, ...reserved] = backend.executeMultipleOutputs(
      'FusedBatchNormV3',
      attributes,
      inputs,
      6,
    );
    watchNormalization([value], [mean, scale, offset]);
    // The kernel gives the unbiased variance, ·N/(N − 1).
    onStatistics(mean as tf.Tensor1D, tf.mul(unbiased, Math.max(count - 1, 1) / count));
    return {
      value,
      saved: [input, scale, ...reserved],
      gradients: (dy, saved) =>
        backend.executeMultipleOutputs('FusedBatchNormGradV3', attributes, [dy, ...saved], 5).slice(0, 3),
    };
  };
  const value = customGradient(normalize, [asPictures(x), gamma ?? tf.ones([channels]), beta ?? tf.zeros([channels])]);
  return x.rank === 4 ? value : tf.reshape(value, x.shape);
}

/** Four dimensions, as the kernel wants them. */
export function asPictures(x: tf.Tensor): tf.Tensor {
  const channels = x.shape[x.rank - 1];
  return x.rank === 4 ? x : tf.reshape(x, [x.size / channels, 1, 1, channels]);
}
