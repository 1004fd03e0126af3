import type * as tf from '@tensorflow/tfjs-core';
import type { GradientTransformation, SlotSpec } from './gradientTransformation.js';

/** One weight's part of an update. */
export interface ParameterUpdate<Shared> {
  readonly gradient: tf.Tensor;
  readonly parameter: tf.Tensor;
  readonly slots: readonly tf.Tensor[];
  readonly learningRate: tf.Scalar;
  /** What was computed once for all weights. */
  readonly shared: Shared;
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
      const results = input.parameters.map((parameter, i) =>
        rule({ gradient: input.gradients[i], parameter, slots: input.slots[i], learningRate, shared }),
      );
      return { parameters: results.map(([parameter]) => parameter), slots: results.map(([, ...rest]) => rest) };
    },
  };
}
