import type { CircleOptions } from './circleLoss.js';

export interface LossOptions extends CircleOptions {
  /** What a batch's loss is of the losses of its examples, times their weights. Default `sum_over_batch_size`, their mean. */
  readonly reduction?: Reduction;
  /** Whether predictions are logits. Default: probabilities. */
  readonly fromLogits?: boolean;
  /** Share of the labels that is spread over all classes. Default 0. */
  readonly labelSmoothing?: number;
  /** Where Huber's loss turns linear. Default 1. */
  readonly delta?: number;
  /** Class number that isn't counted by a sparse loss. */
  readonly ignoreClass?: number | null;
  /** Of focal losses: weight of class 1, or of all (0.25). Of Tversky's: weight of what is missing (0.5). */
  readonly alpha?: number;
  /** Of Tversky's loss: weight of what is predicted beside the labels. Default 0.5. */
  readonly beta?: number;
  /** Of focal losses: how little counts what is right already (2). Of the circle loss: how steep it is (80). */
  readonly gamma?: number;
  /** Whether the binary focal loss weighs classes by `alpha`. Default false. */
  readonly applyClassBalancing?: boolean;
  /** Of the generalized cross-entropy: 0 is near the cross-entropy, 1 near the absolute error. Default 0.5. */
  readonly q?: number;
  /** Over which axes the losses of overlap sum. Default: over all, the batch's too. */
  readonly axis?: number | readonly number[] | null;
}

/** By Keras's names; `mean` and `auto` are other names of `sum_over_batch_size`. */
export const REDUCTIONS = ['sum_over_batch_size', 'mean', 'auto', 'sum', 'mean_with_sample_weight'] as const;
export type Reduction = (typeof REDUCTIONS)[number];
