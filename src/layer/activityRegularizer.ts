import type * as tf from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';

/** A penalty on what a layer puts out, before the division by the batch size. */
export type ActivityRegularizer = (output: tf.Tensor) => tf.Scalar;

const regularizers = new WeakMap<layers.Layer, ActivityRegularizer>();

/**
 * Gives a layer an activity regularizer, which tfjs can't: a layer that is made with one refuses to be called. Its
 * penalty, divided by the batch size as in Keras, is part of the loss that a learner trains and evaluates.
 */
export function setActivityRegularizer(layer: layers.Layer, regularizer: ActivityRegularizer): void {
  regularizers.set(layer, regularizer);
}

export const activityRegularizerOf = (layer: layers.Layer): ActivityRegularizer | undefined => regularizers.get(layer);
