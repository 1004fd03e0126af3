import type * as tf from '@tensorflow/tfjs-core';
import { denseGradient, sumOfParts } from './gradient.js';
import type { GradientTransformation, SlotSpec } from './gradientTransformation.js';

/** One weight's part of an update. */
export interface ParameterUpdate<Shared> {
  /** Of the weight's shape. */
  readonly gradient: tf.Tensor;
  readonly parameter: tf.Tensor;
  readonly slots: readonly tf.Tensor[];
  readonly learningRate: tf.Scalar;
  /** What was computed once for all weights. */
  readonly shared: Shared;
  /**
   * An elementwise function of the gradient that isn't linear, such as its square. Of an embedding's gradient it is the
   * sum over the contributions to each row: so it is in Keras.
   */
  of(fn: (part: tf.Tensor) => tf.Tensor): tf.Tensor;
}

/**
 * A transformation that treats each weight alone.
 *
 * @param slots names and first values of slots of the weight's shape
 * @param share computes once what all weights need of rate and step
 * @param rule the new weight and its new slots
 */
export function perParameter<Shared>(
  slots: readonly (readonly [name: string, initial: number])[],
  share: (learningRate: tf.Scalar, iterations: tf.Scalar) => Shared,
  rule: (input: ParameterUpdate<Shared>) => readonly [parameter: tf.Tensor, ...slots: tf.Tensor[]],
): GradientTransformation {
  return {
    slots: ({ shape }) => slots.map(([name, initial]): SlotSpec => ({ name, shape, initial })),
    update: input => {
      const { learningRate } = input;
      const shared = share(learningRate, input.iterations);
      const results = input.parameters.map((parameter, i) => {
        const gradient = input.gradients[i];
        return rule({
          gradient: denseGradient(gradient),
          of: fn => sumOfParts(gradient, fn),
          parameter,
          slots: input.slots[i],
          learningRate,
          shared,
        });
      });
      return { parameters: results.map(([parameter]) => parameter), slots: results.map(([, ...rest]) => rest) };
    },
  };
}
