import * as tf from '@tensorflow/tfjs-core';
import { buildOptimizer } from './buildOptimizer.js';
import type { FusedKernel } from './fusedKernel.js';
import type { Optimizer, OptimizerOptions } from './optimizer.js';
import { perParameter } from './perParameter.js';

export interface AdamOptions extends OptimizerOptions {
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
  readonly amsgrad?: boolean;
}

/** Adam, rate 0.001 (Kingma and Ba 2014, "epsilon hat"). Source: `optimizers/adam.py` of Keras 3. */
export const adam = (options: AdamOptions = {}): Optimizer => adamNamed('adam', options);

/** Adam with decoupled weight decay, 0.004 (Loshchilov and Hutter 2017). Source: `optimizers/adamw.py` of Keras 3. */
export const adamw = ({ weightDecay = 0.004, ...options }: AdamOptions = {}): Optimizer =>
  adamNamed('adamw', { ...options, weightDecay });

/** `base` to the number of this update, counted from 1. */
export const powerOfStep = (base: number, iterations: tf.Scalar): tf.Scalar =>
  tf.pow(tf.scalar(base), tf.add(iterations, 1));

function adamNamed(name: string, options: AdamOptions): Optimizer {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7, amsgrad = false } = options;
  const names = ['momentum', 'velocity', ...(amsgrad ? ['velocity_hat'] : [])];
  const core = perParameter(
    names.map(slot => [slot, 0] as const),
    (learningRate, iterations) =>
      tf.div(
        tf.mul(learningRate, tf.sqrt(tf.sub(1, powerOfStep(beta2, iterations)))),
        tf.sub(1, powerOfStep(beta1, iterations)),
      ),
    ({ gradient, of, parameter, slots: [m, v, largest], shared: alpha }) => {
      const nextM = tf.add(m, tf.mul(tf.sub(gradient, m), 1 - beta1));
      const nextV = tf.add(v, tf.mul(tf.sub(of(tf.square), v), 1 - beta2));
      const hat = amsgrad ? tf.maximum(largest, nextV) : nextV;
      const step = tf.div(tf.mul(nextM, alpha), tf.add(tf.sqrt(hat), epsilon));
      return [tf.sub(parameter, step), nextM, nextV, ...(amsgrad ? [hat] : [])];
    },
  );
  // The kernel takes 1 − β of a float32 β, which for 0.999 is off by 1e-5. Its averages are larger by these factors.
  const [scaleM, scaleV] = [beta1, beta2].map(beta => (1 - Math.fround(beta)) / (1 - beta));
  const kernel: FusedKernel = {
    op: amsgrad ? 'ResourceApplyAdamWithAmsgrad' : 'ResourceApplyAdam',
    attributes: amsgrad ? {} : { use_nesterov: false },
    inputs: [
      'variable',
      ...names.map(slot => ({ slot })),
      { derived: iterations => powerOfStep(beta1, iterations) },
      { derived: iterations => powerOfStep(beta2, iterations) },
      { rateTimes: Math.sqrt(scaleV) / scaleM },
      { constant: beta1 },
      { constant: beta2 },
      { constant: epsilon * Math.sqrt(scaleV) },
      'gradient',
    ],
  };
  const own = { beta_1: beta1, beta_2: beta2, epsilon, amsgrad };
  return buildOptimizer({ name, options, learningRate: 0.001, own, core, kernel });
}
