import * as tf from '@tensorflow/tfjs-core';

/** A function of tensors that has its gradient beside its value. */
export interface Forward {
  readonly value: tf.Tensor;
  /** What {@link Forward.gradients} needs. */
  readonly saved: tf.Tensor[];
  /** Gradients with respect to the inputs, in their order. */
  gradients(dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[];
}

/** `tf.customGrad` with types: there, inputs and the function that saves tensors come in one list. */
export function customGradient(forward: (...inputs: tf.Tensor[]) => Forward, inputs: tf.Tensor[]): tf.Tensor {
  const differentiable = tf.customGrad((...list) => {
    const save = list.pop() as unknown as (tensors: tf.Tensor[]) => void;
    const { value, saved, gradients } = forward(...(list as tf.Tensor[]));
    save(saved);
    return { value, gradFunc: gradients };
  });
  return differentiable(...inputs);
}

/**
 * Whether a gradient is taken within another, as a gradient penalty's is. What {@link customGradient} computes is on no tape of tfjs's:
 * formulas have to take its place then.
 */
export const isDerivedTwice = (): boolean => tf.engine().state.gradientDepth > 1;
