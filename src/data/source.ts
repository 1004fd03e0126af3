import type { HostArray, HostData } from '../array/hostArray.js';
import type { Auxiliary } from './auxiliary.js';

/**
 * Where examples come from. Three kinds, by how a row is reached:
 *
 * - `arrays`: everything is in memory; a batch is a list of row numbers, and the Learner keeps the arrays on its side.
 * - `indexed`: any row can be read, but asynchronously (files); rows are read a bounded number at a time.
 * - `stream`: examples come one after the other (any async iterable or Observable); no row numbers, maybe no end.
 */
export type Source = ArraySource | IndexedSource | StreamSource;

export interface SourceInfo {
  /** Shown in messages and written into checkpoints. */
  readonly name: string;
  /** Shape of one example as the network sees it, without the batch dimension. */
  readonly inputShape: readonly number[];
  /** Names of the classes where labels are class numbers. */
  readonly classNames?: readonly string[];
  /** How stored values become network inputs: `x · scale − mean`. Absent: unchanged. */
  readonly scaling?: Scaling;
}

export interface Scaling {
  readonly scale: number;
  /** Shape `inputShape`, subtracted after scaling. */
  readonly mean?: HostArray;
}

/** All rows in memory: `x` is `[rows, ...inputShape]`, `y` is `[rows]` class numbers or `[rows, ...targets]`. */
export interface ArraySource extends SourceInfo {
  readonly kind: 'arrays';
  readonly size: number;
  readonly x: HostArray;
  readonly y: HostArray;
  /** One weight a row. */
  readonly sampleWeight?: Float32Array;
  /** `[rows, …]` for further inputs, as the network wants them, and outputs of the model. */
  readonly aux?: Auxiliary<HostArray>;
}

export interface IndexedSource extends SourceInfo {
  readonly kind: 'indexed';
  readonly size: number;
  /** Shape of one example's targets, where they are arrays of more than one dimension. Default: as many as there are, in a line. */
  readonly targetShape?: readonly number[];
  /** How stored target values become those that the network is compared with. Absent: unchanged. */
  readonly targetScaling?: Scaling;
  readonly auxShapes?: AuxiliaryShapes;
  /** Rows that are best read at one time. Default: 8. */
  readonly readAhead?: number;
  /** Reads one row; rejects with an error that names the row's origin. */
  read(row: number): Promise<Example>;
}

export interface StreamSource extends SourceInfo {
  readonly kind: 'stream';
  readonly auxShapes?: AuxiliaryShapes;
  /** Starts the stream afresh; called once an epoch. */
  open(epoch: number): AsyncIterable<Example> | Iterable<Example>;
}

/** Shapes of an example's further inputs and targets that have more than one dimension. Default: as many values as there are, in a line. */
export type AuxiliaryShapes = Auxiliary<readonly number[]>;

/** One example: values of shape `inputShape`, and its class number or target values. */
export interface Example {
  readonly x: HostData;
  /** The very array `x` where the target is the picture itself: who augments the one augments the other. */
  readonly y: number | HostData;
  readonly weight?: number;
  /** For further inputs, as the network wants them, and outputs of the model. */
  readonly aux?: Auxiliary<HostData, number | HostData>;
}
