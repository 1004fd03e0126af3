import * as tf from '@tensorflow/tfjs-core';
import { powerOfStep } from './adam.js';
import { buildOptimizer } from './buildOptimizer.js';
import type { FusedKernel } from './fusedKernel.js';
import type { Optimizer, OptimizerOptions } from './optimizer.js';
import { perParameter } from './perParameter.js';

export interface AdamaxOptions extends OptimizerOptions {
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
}

/** Adam by the infinity norm, rate 0.001. Source: `optimizers/adamax.py` of Keras 3. */
export function adamax(options: AdamaxOptions = {}): Optimizer {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 } = options;
  const core = perParameter(
    [
      ['momentum', 0],
      ['norm', 0],
    ],
    (learningRate, iterations) => tf.div(learningRate, tf.sub(1, powerOfStep(beta1, iterations))),
    ({ gradient, of, parameter, slots: [m, u], shared: rate }) => {
      const nextM = tf.add(m, tf.mul(tf.sub(gradient, m), 1 - beta1));
      const nextU = tf.maximum(tf.mul(u, beta2), of(tf.abs));
      return [tf.sub(parameter, tf.div(tf.mul(nextM, rate), tf.add(nextU, epsilon))), nextM, nextU];
    },
  );
  // As in Adam: the kernel takes 1 − β of a float32 β, which makes its average larger by this factor.
  const scaleM = (1 - Math.fround(beta1)) / (1 - beta1);
  const kernel: FusedKernel = {
    op: 'ResourceApplyAdaMax',
    attributes: {},
    inputs: [
      'variable',
      { slot: 'momentum' },
      { slot: 'norm' },
      { derived: iterations => powerOfStep(beta1, iterations) },
      { rateTimes: 1 / scaleM },
      { constant: beta1 },
      { constant: beta2 },
      { constant: epsilon },
      'gradient',
    ],
  };
  const own = { beta_1: beta1, beta_2: beta2, epsilon };
  return buildOptimizer({ name: 'adamax', options, learningRate: 0.001, own, core, kernel });
}
