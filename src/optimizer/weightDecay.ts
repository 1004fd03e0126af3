import * as tf from '@tensorflow/tfjs-core';
import type { Wrapper } from './gradientTransformation.js';

/** Decoupled weight decay: `w -= w · rate · learningRate`, before the update. Source: `_apply_weight_decay` of Keras 3. */
export const weightDecay =
  (rate: number): Wrapper =>
  inner => ({
    slots: parameter => inner.slots(parameter),
    update: input => {
      const keep = tf.sub(1, tf.mul(input.learningRate, rate));
      return inner.update({ ...input, parameters: input.parameters.map(parameter => tf.mul(parameter, keep)) });
    },
  });
