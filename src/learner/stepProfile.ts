import type { OperationTime } from '../graph/stepStats.js';

/** Where the time of one training step goes. */
export interface StepProfile {
  /** Into how many parts the batch is cut, each of which has a thread of its own; 1 where it is left whole. */
  readonly shards: number;
  /** Operations by type that TensorFlow.js carries out one by one in an eager step. */
  readonly eager: ReadonlyMap<string, number>;
  /** Operations by type in the graph as it was traced, all of the learner's functions together. */
  readonly traced: ReadonlyMap<string, number>;
  /** Kernels that ran in one step, after fusion and all else that rewrites graphs. */
  readonly kernels: readonly OperationTime[];
  /** Milliseconds of a plain step, the median of several. */
  readonly milliseconds: number;
}
