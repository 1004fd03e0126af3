import type * as tf from '@tensorflow/tfjs-core';

/** One input of a TensorFlow kernel, in the kernel's own order. */
export type KernelInput =
  | 'variable'
  | 'learningRate'
  | 'gradient'
  | { readonly slot: string }
  /** A variable of the weight's shape that is zero and belongs to no checkpoint. */
  | { readonly scratch: string }
  | { readonly constant: number }
  /** The rate times a number. */
  | { readonly rateTimes: number }
  | { readonly derived: (iterations: tf.Scalar) => tf.Scalar };

/** TensorFlow's own in-place kernel for one weight's update, with the same result to rounding as the optimizer's rule. */
export interface FusedKernel {
  readonly op: string;
  readonly attributes: Readonly<Record<string, boolean>>;
  readonly inputs: readonly KernelInput[];
}
