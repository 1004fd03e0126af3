import * as tf from '@tensorflow/tfjs-core';
import { buildOptimizer } from './buildOptimizer.js';
import type { Optimizer, OptimizerOptions } from './optimizer.js';
import { perParameter } from './perParameter.js';

export interface AdagradOptions extends OptimizerOptions {
  readonly initialAccumulatorValue?: number;
  readonly epsilon?: number;
}

/**
 * Adagrad, rate 0.001; epsilon stands inside the root. TensorFlow's kernel has it outside, so there is no fused one.
 * Source: `optimizers/adagrad.py` of Keras 3.
 */
export function adagrad(options: AdagradOptions = {}): Optimizer {
  const { initialAccumulatorValue = 0.1, epsilon = 1e-7 } = options;
  const core = perParameter(
    [['accumulator', initialAccumulatorValue]],
    () => null,
    ({ gradient, of, parameter, slots: [sum], learningRate }) => {
      const next = tf.add(sum, of(tf.square));
      return [tf.sub(parameter, tf.div(tf.mul(gradient, learningRate), tf.sqrt(tf.add(next, epsilon)))), next];
    },
  );
  const own = { initial_accumulator_value: initialAccumulatorValue, epsilon };
  return buildOptimizer({ name: 'adagrad', options, learningRate: 0.001, own, core });
}
