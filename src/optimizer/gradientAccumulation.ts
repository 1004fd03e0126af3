import * as tf from '@tensorflow/tfjs-core';
import { denseGradient } from './gradient.js';
import type { Wrapper } from './gradientTransformation.js';

/** Updates made before a step: what Keras calls `iterations` where gradients are accumulated. */
export const updatesBefore = (iterations: tf.Scalar, steps: number): tf.Scalar => tf.floor(tf.div(iterations, steps));

/**
 * Updates with the mean gradient of `steps` steps, at each step whose number (from 1) is a multiple of `steps`; all
 * other steps leave weights and slots as they are. An embedding's contributions add up. Source: `_backend_apply_gradients` of Keras 3.
 */
export const gradientAccumulation =
  (steps: number): Wrapper =>
  inner => ({
    slots: parameter => [
      ...inner.slots(parameter),
      { name: 'gradient_accumulator', shape: parameter.shape, initial: 0 },
    ],
    update: input => {
      const updates = tf.equal(tf.mod(tf.add(input.iterations, 1), steps), 0);
      const sums = input.gradients.map((gradient, i) =>
        tf.add(denseGradient(gradient), input.slots[i][input.slots[i].length - 1]),
      );
      const slots = input.slots.map(all => all.slice(0, -1));
      const next = inner.update({
        ...input,
        slots,
        gradients: sums.map(sum => tf.div(sum, steps)),
        iterations: updatesBefore(input.iterations, steps),
      });
      const choose = (yes: tf.Tensor, no: tf.Tensor): tf.Tensor => tf.where(updates, yes, no);
      return {
        parameters: next.parameters.map((parameter, i) => choose(parameter, input.parameters[i])),
        slots: next.slots.map((all, i) => [
          ...all.map((slot, j) => choose(slot, slots[i][j])),
          choose(tf.zerosLike(sums[i]), sums[i]),
        ]),
      };
    },
  });
