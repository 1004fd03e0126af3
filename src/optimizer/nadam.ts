import * as tf from '@tensorflow/tfjs-core';
import { powerOfStep } from './adam.js';
import { buildOptimizer } from './buildOptimizer.js';
import type { Optimizer, OptimizerOptions } from './optimizer.js';
import { perParameter } from './perParameter.js';

export interface NadamOptions extends OptimizerOptions {
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
}

/**
 * Adam with Nesterov momentum, rate 0.001. Keras's one `u_product` is kept with each weight, always the same number.
 * TensorFlow's Adam kernel with `use_nesterov` has no momentum schedule, so there is no fused one.
 * Source: `optimizers/nadam.py` of Keras 3.
 */
export function nadam(options: NadamOptions = {}): Optimizer {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 } = options;
  const core = perParameter(
    [
      ['momentum', 0],
      ['velocity', 0],
    ],
    (_, iterations) => {
      const power = powerOfStep(0.96, iterations);
      return {
        u: tf.mul(beta1, tf.sub(1, tf.mul(power, 0.5))),
        nextU: tf.mul(beta1, tf.sub(1, tf.mul(power, 0.5 * 0.96))),
        correction: tf.sub(1, powerOfStep(beta2, iterations)),
      };
    },
    ({ gradient, of, parameter, slots: [m, v, product], learningRate, shared: { u, nextU, correction } }) => {
      const nextM = tf.add(m, tf.mul(tf.sub(gradient, m), 1 - beta1));
      const nextV = tf.add(v, tf.mul(tf.sub(of(tf.square), v), 1 - beta2));
      const nextProduct = tf.mul(product, u);
      const hat = tf.add(
        tf.div(tf.mul(nextM, nextU), tf.sub(1, tf.mul(nextProduct, nextU))),
        tf.div(tf.mul(gradient, tf.sub(1, u)), tf.sub(1, nextProduct)),
      );
      const step = tf.div(tf.mul(hat, learningRate), tf.add(tf.sqrt(tf.div(nextV, correction)), epsilon));
      return [tf.sub(parameter, step), nextM, nextV, nextProduct];
    },
  );
  const withProduct = {
    ...core,
    slots: (parameter: Parameters<typeof core.slots>[0]) => [
      ...core.slots(parameter),
      { name: 'u_product', shape: [], initial: 1 },
    ],
  };
  const own = { beta_1: beta1, beta_2: beta2, epsilon };
  return buildOptimizer({ name: 'nadam', options, learningRate: 0.001, own, core: withProduct });
}
