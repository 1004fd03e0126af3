import type { HostArray, HostData } from '../array/hostArray.js';
import type { Augmentation } from '../augment/augmentation.js';
import type { Auxiliary } from './auxiliary.js';
import type { ArraySource, Scaling } from './source.js';

/** What one step consumes: either rows of a resident source, or the values themselves. */
export type Batch = RowBatch | ValueBatch;

export interface BatchInfo {
  /** Epoch of the batch's first sample, counted from 0. */
  readonly epoch: number;
  /** Number of examples. */
  readonly size: number;
  /** From where to go on *after* this batch. */
  readonly cursor: Cursor;
  /** The run's seed, for what is random inside the step. */
  readonly seed: number;
}

export interface RowBatch extends BatchInfo {
  readonly kind: 'rows';
  readonly source: ArraySource;
  readonly rows: Int32Array;
  /** What is done to the pictures on their way into the step, for each by (seed, epoch, row). Absent: nothing. */
  readonly augmentation?: Augmentation;
}

export interface ValueBatch extends BatchInfo {
  readonly kind: 'values';
  /** `[size, ...inputShape]`, scaled as the network wants it. A step takes them by `inputPieces`, without this array. */
  readonly x: HostArray;
  /** `[size]` class numbers or `[size, ...targets]`. The very array `x` where targets are the inputs, augmented or not. */
  readonly y: HostArray;
  readonly sampleWeight?: Float32Array;
  /** `[size, …]` for further inputs, and `[size]` or `[size, …]` for further outputs of the model. */
  readonly aux?: Auxiliary<HostArray>;
  /** What `x` was made of; `batch` sets it, and whoever changes `x` leaves it out. */
  readonly stored?: StoredInputs;
}

/** Inputs of a batch as their source stores them, for what changes pictures before they are scaled. */
export interface StoredInputs {
  /** Rows of the source; those of a true stream count its examples. */
  readonly rows: Int32Array;
  /** One row after the other, each of `inputShape`. */
  readonly values: readonly HostData[];
  readonly inputShape: readonly number[];
  readonly scaling?: Scaling;
}

/** A place in the data stream: the next sample to draw is number `position` of `epoch`. */
export interface Cursor {
  readonly epoch: number;
  readonly position: number;
}
