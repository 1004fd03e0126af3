import * as tf from '@tensorflow/tfjs-core';
import { classLabels, denseLabels } from './labelForms.js';
import { meanMetric } from './meanMetric.js';
import type { Metric } from './metric.js';

export interface BinaryAccuracyOptions {
  readonly name?: string;
  /** Predictions above it are 1. Default 0.5. */
  readonly threshold?: number;
}

/**
 * Share of predictions that equal their labels exactly: Keras's class `Accuracy`. What the name `accuracy` means depends on
 * the model.
 */
export const exactAccuracy = ({ name = 'accuracy' }: { readonly name?: string } = {}): Metric =>
  meanMetric(name, 'max', (y, p) => tf.equal(denseLabels(y, p), p));

/** Share of equal elements once predictions are 0 or 1. */
export const binaryAccuracy = ({ name = 'binary_accuracy', threshold = 0.5 }: BinaryAccuracyOptions = {}): Metric =>
  meanMetric(name, 'max', (y, p) =>
    tf.equal(denseLabels(y, p), tf.cast(tf.greater(p, tf.scalar(threshold)), 'float32')),
  );

/** Share of examples whose largest prediction is that of their class; labels are one-hot rows or class numbers. */
export const categoricalAccuracy = ({ name = 'categorical_accuracy' }: { readonly name?: string } = {}): Metric => ({
  ...meanMetric(name, 'max', (y, p) => tf.equal(classLabels(y, p), tf.argMax(p, -1))),
  ordinal: true,
});

export interface TopKCategoricalAccuracyOptions {
  readonly name?: string;
  /** Default 5. */
  readonly k?: number;
}

/**
 * Share of examples with fewer than `k` predictions above that of their class, as TensorFlow's `in_top_k` has it. Of probabilities
 * that a softmax has made equal (to 0, or rounded) none is above the other, so it takes no logits.
 */
export const topKCategoricalAccuracy = ({
  name = 'top_k_categorical_accuracy',
  k = 5,
}: TopKCategoricalAccuracyOptions = {}): Metric =>
  meanMetric(name, 'max', (y, p) => {
    const isClass = tf.oneHot(classLabels(y, p) as tf.Tensor1D, p.shape.at(-1) as number, 1, 0, 'float32');
    const own = tf.sum(tf.mul(isClass, p), -1, true);
    return tf.less(tf.sum(tf.cast(tf.greater(p, own), 'float32'), -1), k);
  });
