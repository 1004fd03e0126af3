import * as tf from '@tensorflow/tfjs-core';
import { buildOptimizer } from './buildOptimizer.js';
import type { Optimizer, OptimizerOptions } from './optimizer.js';
import { perParameter } from './perParameter.js';

export interface SgdOptions extends OptimizerOptions {
  readonly momentum?: number;
  readonly nesterov?: boolean;
}

/** Stochastic gradient descent, rate 0.01. Source: `optimizers/sgd.py` of Keras 3. */
export function sgd(options: SgdOptions = {}): Optimizer {
  const { momentum = 0, nesterov = false } = options;
  const core = perParameter(
    momentum === 0 ? [] : [['momentum', 0]],
    () => null,
    ({ gradient, parameter, slots: [m], learningRate }) => {
      const step = tf.mul(gradient, learningRate);
      if (momentum === 0) return [tf.sub(parameter, step)];
      const next = tf.sub(tf.mul(m, momentum), step);
      return [tf.add(parameter, nesterov ? tf.sub(tf.mul(next, momentum), step) : next), next];
    },
  );
  const kernel =
    momentum === 0
      ? {
          op: 'ResourceApplyGradientDescent',
          attributes: {},
          inputs: ['variable', 'learningRate', 'gradient'] as const,
        }
      : {
          op: 'ResourceApplyKerasMomentum',
          attributes: { use_nesterov: nesterov },
          inputs: ['variable', { slot: 'momentum' }, 'learningRate', 'gradient', { constant: momentum }] as const,
        };
  return buildOptimizer({ name: 'sgd', options, learningRate: 0.01, own: { momentum, nesterov }, core, kernel });
}
