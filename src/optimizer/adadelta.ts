import * as tf from '@tensorflow/tfjs-core';
import { buildOptimizer } from './buildOptimizer.js';
import type { FusedKernel } from './fusedKernel.js';
import type { Optimizer, OptimizerOptions } from './optimizer.js';
import { perParameter } from './perParameter.js';

export interface AdadeltaOptions extends OptimizerOptions {
  readonly rho?: number;
  readonly epsilon?: number;
}

/** Adadelta, rate 0.001. Source: `optimizers/adadelta.py` of Keras 3. */
export function adadelta(options: AdadeltaOptions = {}): Optimizer {
  const { rho = 0.95, epsilon = 1e-7 } = options;
  const average = (old: tf.Tensor, x: tf.Tensor): tf.Tensor => tf.add(tf.mul(old, rho), tf.mul(x, 1 - rho));
  const rms = (x: tf.Tensor): tf.Tensor => tf.sqrt(tf.add(x, epsilon));
  const core = perParameter(
    [
      ['accumulated_grad', 0],
      ['accumulated_delta_var', 0],
    ],
    () => null,
    ({ gradient, of, parameter, slots: [squares, deltas], learningRate }) => {
      const next = average(squares, of(tf.square));
      const factor = tf.div(rms(deltas), rms(next));
      const delta = tf.mul(factor, gradient);
      const squaredDelta = tf.mul(tf.square(factor), of(tf.square));
      return [tf.sub(parameter, tf.mul(delta, learningRate)), next, average(deltas, squaredDelta)];
    },
  );
  // The kernel takes 1 − rho of a float32 rho, which makes both of its averages larger by this factor.
  const scale = (1 - Math.fround(rho)) / (1 - rho);
  const kernel: FusedKernel = {
    op: 'ResourceApplyAdadelta',
    attributes: {},
    inputs: [
      'variable',
      { slot: 'accumulated_grad' },
      { slot: 'accumulated_delta_var' },
      'learningRate',
      { constant: rho },
      { constant: epsilon * scale },
      'gradient',
    ],
  };
  return buildOptimizer({ name: 'adadelta', options, learningRate: 0.001, own: { rho, epsilon }, core, kernel });
}
