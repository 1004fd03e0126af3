import * as tf from '@tensorflow/tfjs-core';
import { denseGradient, type Gradient, mapParts, sumOfParts } from './gradient.js';
import type { Wrapper } from './gradientTransformation.js';

const onGradients =
  (change: (gradients: readonly Gradient[]) => Gradient[]): Wrapper =>
  inner => ({
    slots: parameter => inner.slots(parameter),
    update: input => inner.update({ ...input, gradients: change(input.gradients) }),
  });

/** Limits each element of the gradients to `[-limit, limit]`; of an embedding's, each contribution's. */
export const clipByValue = (limit: number): Wrapper =>
  onGradients(gradients => gradients.map(gradient => mapParts(gradient, part => tf.clipByValue(part, -limit, limit))));

/**
 * Limits the Euclidean norm of each weight's gradient; an embedding's is that of all contributions. Source: `clip_by_norm`
 * of TensorFlow, as in Keras 3.
 */
export const clipByNorm = (limit: number): Wrapper =>
  onGradients(gradients =>
    gradients.map(gradient =>
      mapParts(gradient, part => tf.mul(part, shrink(tf.sqrt(tf.sum(tf.square(part))), limit))),
    ),
  );

/**
 * Limits the Euclidean norm of all gradients together. It counts an embedding's contributions one by one, as Keras 3 does,
 * and leaves their sum. Source: `clip_by_global_norm` of Keras 3.
 */
export const clipByGlobalNorm = (limit: number): Wrapper =>
  onGradients(gradients => {
    const squares = gradients.map(gradient => tf.sum(sumOfParts(gradient, tf.square)));
    const factor = shrink(tf.sqrt(tf.addN(squares)), limit);
    return gradients.map(gradient => tf.mul(denseGradient(gradient), factor));
  });

/** 1 up to the limit, limit / norm above it. */
const shrink = (norm: tf.Tensor, limit: number): tf.Tensor => tf.div(limit, tf.maximum(norm, limit));
