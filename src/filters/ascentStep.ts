import * as tf from '@tensorflow/tfjs-core';
import { valueAndGradient } from '../graph/valueAndGradient.js';
import type { Objective } from './objective.js';

/** One step of gradient ascent on tensors; see `Ascender.step`. */
export function ascentStep(
  objective: Objective,
  { x, targets, stepSize }: Readonly<Record<'x' | 'targets' | 'stepSize', tf.Tensor>>,
  epsilon: number,
): Record<'losses' | 'x', tf.Tensor> {
  const { value, gradient } = valueAndGradient(
    pictures => objective(pictures as tf.Tensor4D, targets as tf.Tensor1D),
    x,
  );
  const norm = tf.sqrt(tf.mean(tf.square(gradient), [1, 2, 3], true));
  return { losses: value, x: tf.add(x, tf.mul(tf.div(gradient, tf.add(norm, epsilon)), stepSize)) };
}
