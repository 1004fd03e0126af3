import * as tf from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { absolute } from './absolute.js';

/** A penalty on what a layer puts out, before the division by the batch size. */
export type ActivityRegularizer = (output: tf.Tensor) => tf.Scalar;

/** `l1·Σ|x| + l2·Σx²` */
export const l1l2 =
  (l1: number, l2: number): ActivityRegularizer =>
  output =>
    tf.tidy(() => tf.add(tf.mul(tf.sum(absolute(output)), l1), tf.mul(tf.sum(tf.square(output)), l2)) as tf.Scalar);

const regularizers = new WeakMap<layers.Layer, ActivityRegularizer>();

/**
 * Gives a layer an activity regularizer, which tfjs can't: a layer that is made with one refuses to be called. Its
 * penalty, divided by the batch size as in Keras, is part of the loss that a learner trains and evaluates.
 */
export function setActivityRegularizer(layer: layers.Layer, regularizer: ActivityRegularizer): void {
  regularizers.set(layer, regularizer);
}

export const activityRegularizerOf = (layer: layers.Layer): ActivityRegularizer | undefined => regularizers.get(layer);
