import type * as tf from '@tensorflow/tfjs-core';
import type { Gradient } from './gradient.js';

/** One more array that an optimizer keeps for a weight. */
export interface SlotSpec {
  readonly name: string;
  readonly shape: readonly number[];
  /** Every element's first value, or a copy of the weight. */
  readonly initial: number | 'parameter';
}

export interface UpdateInput {
  readonly gradients: readonly Gradient[];
  readonly parameters: readonly tf.Tensor[];
  /** By parameter, in the order of `slots()`. */
  readonly slots: readonly (readonly tf.Tensor[])[];
  readonly learningRate: tf.Scalar;
  /** Updates before this one, float32. */
  readonly iterations: tf.Scalar;
  readonly names: readonly string[];
}

export interface UpdateOutput {
  readonly parameters: tf.Tensor[];
  readonly slots: tf.Tensor[][];
}

/**
 * How gradients become new weights: pure, and traceable (no host reads, no branches on tensor values), so that the same
 * formulas run eagerly and inside a compiled step. The idea is Optax's.
 */
export interface GradientTransformation {
  slots(parameter: { readonly name: string; readonly shape: readonly number[] }): SlotSpec[];
  update(input: UpdateInput): UpdateOutput;
}

/** Wraps a transformation in one more thing to do before or after it. */
export type Wrapper = (inner: GradientTransformation) => GradientTransformation;

/** `core` wrapped from the inside out: the last wrapper sees the gradients first. */
export const wrap = (core: GradientTransformation, ...wrappers: readonly Wrapper[]): GradientTransformation =>
  wrappers.reduce((inner, wrapper) => wrapper(inner), core);
