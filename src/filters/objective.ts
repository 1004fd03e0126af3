import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { applyModel } from '../layer/applyModel.js';
import type { NetworkPart } from './networkPart.js';

/**
 * What an ascent makes larger: pictures `[n, rows, columns, channels]` and what each one is for (int32 `[n]`: a filter, a
 * class) to one number a picture (`[n]`). It is traced once for any size where it allows that, else once a size; so it may use
 * tfjs operations only. A picture's number may depend on that picture alone.
 */
export type Objective = (x: tf.Tensor4D, targets: tf.Tensor1D) => tf.Tensor1D;

/** Mean activation of one filter of the layer: what a filter looks for. */
export const filterActivation =
  (part: NetworkPart): Objective =>
  (x, filters) =>
    part.meanActivations(x, filters);

/** Mean activation of a whole layer. */
export const layerActivation =
  (part: NetworkPart): Objective =>
  x =>
    tf.mean(part.maps(x), [1, 2, 3]) as tf.Tensor1D;

/** Mean squared activation of a layer: what is there already is made stronger. Source: Mordvintsev et al., DeepDream, 2015. */
export const deepDream =
  (part: NetworkPart): Objective =>
  x =>
    tf.mean(tf.square(part.maps(x)), [1, 2, 3]) as tf.Tensor1D;

/** A class's score before the softmax. Source: Simonyan et al., "Deep Inside Convolutional Networks", 2014. */
export const classLogit =
  (model: LayersModel): Objective =>
  (x, classes) => {
    const { output, logits } = applyModel(model, x, { training: false, seed: null });
    const scores = logits ?? output;
    const isAsked = tf.equal(tf.expandDims(classes, 1), tf.range(0, scores.shape[1] as number, 1, 'int32'));
    return tf.sum(tf.mul(scores, tf.cast(isAsked, 'float32')), 1) as tf.Tensor1D;
  };

/** Weighted sum of an objective for several targets in one picture, whatever target it is asked for. */
export const blend =
  (objective: Objective, weights: Readonly<Record<number, number>>): Objective =>
  (x, targets) =>
    sum(
      Object.entries(weights).map(([target, weight]) => {
        const all = tf.mul(tf.onesLike(targets), tf.scalar(Number(target), 'int32')) as tf.Tensor1D;
        return tf.mul(objective(x, all), weight);
      }),
    );

/** An objective less a penalty of the picture itself: `penalized(filterActivation(part), totalVariation, 1e-3)`. */
export const penalized =
  (objective: Objective, penalty: (x: tf.Tensor4D) => tf.Tensor1D, weight: number): Objective =>
  (x, targets) =>
    tf.sub(objective(x, targets), tf.mul(penalty(x), weight));

/** An objective that sees the picture changed: `transformed(filterActivation(part), x => blur(x, 1))`. */
export const transformed =
  (objective: Objective, change: (x: tf.Tensor4D) => tf.Tensor4D): Objective =>
  (x, targets) =>
    objective(change(x), targets);

const sum = (terms: readonly tf.Tensor[]): tf.Tensor1D =>
  terms.reduce((total, term) => tf.add(total, term)) as tf.Tensor1D;
