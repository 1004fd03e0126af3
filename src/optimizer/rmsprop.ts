import * as tf from '@tensorflow/tfjs-core';
import { buildOptimizer } from './buildOptimizer.js';
import type { FusedKernel } from './fusedKernel.js';
import type { Optimizer, OptimizerOptions } from './optimizer.js';
import { perParameter } from './perParameter.js';

export interface RmspropOptions extends OptimizerOptions {
  readonly rho?: number;
  readonly momentum?: number;
  readonly epsilon?: number;
  readonly centered?: boolean;
}

/** RMSprop, rate 0.001; epsilon stands inside the root. Source: `optimizers/rmsprop.py` of Keras 3. */
export function rmsprop(options: RmspropOptions = {}): Optimizer {
  const { rho = 0.9, momentum = 0, epsilon = 1e-7, centered = false } = options;
  const names = ['velocity', ...(momentum > 0 ? ['momentum'] : []), ...(centered ? ['average_gradient'] : [])];
  const average = (old: tf.Tensor, value: tf.Tensor): tf.Tensor => tf.add(tf.mul(old, rho), tf.mul(value, 1 - rho));
  const core = perParameter(
    names.map(name => [name, 0] as const),
    () => null,
    ({ gradient, of, parameter, slots, learningRate }) => {
      const velocity = average(slots[0], of(tf.square));
      const mean = centered ? average(slots[slots.length - 1], gradient) : null;
      const variance = mean === null ? velocity : tf.sub(velocity, tf.square(mean));
      const increment = tf.div(tf.mul(gradient, learningRate), tf.sqrt(tf.add(variance, epsilon)));
      const step = momentum > 0 ? tf.add(tf.mul(slots[1], momentum), increment) : increment;
      return [tf.sub(parameter, step), velocity, ...(momentum > 0 ? [step] : []), ...(mean === null ? [] : [mean])];
    },
  );
  const kernel: FusedKernel = {
    op: centered ? 'ResourceApplyCenteredRMSProp' : 'ResourceApplyRMSProp',
    attributes: {},
    inputs: [
      'variable',
      ...(centered ? [{ slot: 'average_gradient' }] : []),
      { slot: 'velocity' },
      // The kernel wants a momentum in any case. Where it is 0, what it holds has no influence.
      momentum > 0 ? { slot: 'momentum' } : { scratch: 'momentum' },
      'learningRate',
      { constant: rho },
      { constant: momentum },
      { constant: epsilon },
      'gradient',
    ],
  };
  const own = { rho, momentum, epsilon, centered };
  return buildOptimizer({ name: 'rmsprop', options, learningRate: 0.001, own, core, kernel });
}
