import * as tf from '@tensorflow/tfjs-core';
import { updatesBefore } from './gradientAccumulation.js';
import type { Wrapper } from './gradientTransformation.js';

/** The slot that holds a weight's moving average. */
export const AVERAGE_SLOT = 'average';

/**
 * Keeps a moving average of each weight in its last slot, `average`: the weight itself after the first update, then
 * `m · average + (1 − m) · w`. Every `overwriteFrequency` steps the weights become their averages.
 * Source: `_update_model_variables_moving_average` of Keras 3.
 */
export const ema =
  (momentum: number, overwriteFrequency: number | null, accumulationSteps: number | null): Wrapper =>
  inner => ({
    slots: parameter => [
      ...inner.slots(parameter),
      { name: AVERAGE_SLOT, shape: parameter.shape, initial: 'parameter' },
    ],
    update: input => {
      const next = inner.update({ ...input, slots: input.slots.map(all => all.slice(0, -1)) });
      const updates =
        accumulationSteps === null ? input.iterations : updatesBefore(input.iterations, accumulationSteps);
      const keep = tf.mul(tf.minimum(updates, 1), momentum);
      const averages = next.parameters.map((parameter, i) =>
        tf.add(tf.mul(keep, input.slots[i][input.slots[i].length - 1]), tf.mul(tf.sub(1, keep), parameter)),
      );
      const slots = next.slots.map((all, i) => [...all, averages[i]]);
      if (overwriteFrequency === null) return { parameters: next.parameters, slots };
      const overwrite = tf.equal(tf.mod(tf.add(updates, 1), overwriteFrequency), 0);
      return { parameters: next.parameters.map((parameter, i) => tf.where(overwrite, averages[i], parameter)), slots };
    },
  });
