import * as tf from '@tensorflow/tfjs-core';
import type { Wrapper } from './gradientTransformation.js';

const onGradients =
  (change: (gradients: readonly tf.Tensor[]) => tf.Tensor[]): Wrapper =>
  inner => ({
    slots: parameter => inner.slots(parameter),
    update: input => inner.update({ ...input, gradients: change(input.gradients) }),
  });

/** Limits each element of the gradients to `[-limit, limit]`. */
export const clipByValue = (limit: number): Wrapper =>
  onGradients(gradients => gradients.map(gradient => tf.clipByValue(gradient, -limit, limit)));

/** Limits the Euclidean norm of each weight's gradient. Source: `clip_by_norm` of Keras 3. */
export const clipByNorm = (limit: number): Wrapper =>
  onGradients(gradients =>
    gradients.map(gradient => tf.mul(gradient, shrink(tf.sqrt(tf.sum(tf.square(gradient))), limit))),
  );

/** Limits the Euclidean norm of all gradients together. Source: `clip_by_global_norm` of Keras 3. */
export const clipByGlobalNorm = (limit: number): Wrapper =>
  onGradients(gradients => {
    const factor = shrink(tf.sqrt(tf.addN(gradients.map(gradient => tf.sum(tf.square(gradient))))), limit);
    return gradients.map(gradient => tf.mul(gradient, factor));
  });

/** 1 up to the limit, limit / norm above it. */
const shrink = (norm: tf.Tensor, limit: number): tf.Tensor => tf.div(limit, tf.maximum(norm, limit));
