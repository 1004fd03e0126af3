import * as tf from '@tensorflow/tfjs-core';
import { buildOptimizer } from './buildOptimizer.js';
import type { Optimizer, OptimizerOptions } from './optimizer.js';
import { perParameter } from './perParameter.js';

export interface LionOptions extends OptimizerOptions {
  readonly beta1?: number;
  readonly beta2?: number;
}

/** Lion, rate 0.001 (Chen et al. 2023). TensorFlow has no kernel of it. Source: `optimizers/lion.py` of Keras 3. */
export function lion(options: LionOptions = {}): Optimizer {
  const { beta1 = 0.9, beta2 = 0.99 } = options;
  const mix = (m: tf.Tensor, g: tf.Tensor, beta: number): tf.Tensor => tf.add(tf.mul(m, beta), tf.mul(g, 1 - beta));
  const core = perParameter(
    [['momentum', 0]],
    () => null,
    ({ gradient, parameter, slots: [m], learningRate }) => [
      tf.sub(parameter, tf.mul(tf.sign(mix(m, gradient, beta1)), learningRate)),
      mix(m, gradient, beta2),
    ],
  );
  return buildOptimizer({ name: 'lion', options, learningRate: 0.001, own: { beta_1: beta1, beta_2: beta2 }, core });
}
