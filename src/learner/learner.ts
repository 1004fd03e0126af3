import type { HostArray } from '../array/hostArray.js';
import type { Batch } from '../data/batch.js';
import type { DtypePolicy } from '../native/dtypePolicy.js';
import type { StepProfile } from './stepProfile.js';

/**
 * The one owner of tensors: model variables, optimizer slots and resident data live in here, and only numbers come out.
 * Every method that works is asynchronous, so that a step may run off the JavaScript thread; calls queue up and are
 * carried out in order. Nothing outside may notice whether steps run eagerly or compiled.
 */
export interface Learner {
  /** Names of what {@link StepResult.statistics} becomes: `loss` first, then the metrics. */
  readonly metrics: readonly LearnerMetric[];
  /** Number of the model's parameters, non-trainable ones included. */
  readonly parameters: number;
  /** `tensorflow`, `wasm` or `cpu`. */
  readonly backend: string;
  readonly compiled: boolean;
  /** What it computes in. Default `float32`; eager steps always do. */
  readonly dtypePolicy?: DtypePolicy;
  /**
   * Whether its steps augment pictures quicker than the JavaScript side does meanwhile: where a GPU carries them out. Any
   * learner takes a batch of rows with an `augmentation`.
   */
  readonly augments?: boolean;
  /** Whether it can {@link evaluate}, and so takes validation data. Default: true. */
  readonly evaluates?: boolean;
  /** Updates so far, from which a run of `train` goes on; absent or 0: none. */
  readonly iterations?: number;
  /** Schedule `iterations → rate` that the optimizer was made with. */
  readonly learningRate: (iterations: number) => number;
  /** One update of the weights on one batch. */
  step(batch: Batch, options: StepOptions): Promise<StepResult>;
  /**
   * Several updates, one after the other, with the same result as by {@link step}, but for rounding in some models. A compiled
   * learner makes one native call of batches of one shape, which saves small networks most of what lies between two steps.
   */
  steps?(steps: readonly TrainingStep[]): Promise<readonly StepResult[]>;
  /** Inference mode; no update. */
  evaluate(batch: Batch): Promise<StepResult>;
  /**
   * What the model makes of inputs, in inference mode.
   *
   * @param x `[rows, ...inputShape]`, scaled as the network wants it
   * @param auxInputs for its further inputs, by their names
   */
  predict(x: HostArray, auxInputs?: Readonly<Record<string, HostArray>>): Promise<ModelOutput>;
  /** Weights, optimizer slots and the count of updates, copied. */
  state(): Promise<LearnerState>;
  /** Puts weights, slots and count back; weights alone (no slots) leave the slots as they are, and a state without a count leaves that. */
  restore(state: LearnerState): Promise<void>;
  /**
   * Brings the current weights into the model, where tfjs's own `predict` sees them. The end of a run of `train`, `saveModel` and
   * {@link dispose} do so by themselves.
   */
  sync?(): Promise<void>;
  /**
   * What the optimizer does once training is over: with `useEma` the weights become their moving averages, as when Keras's
   * `fit` ends. Take what a run needs to go on ({@link state}) before.
   */
  finish?(): Promise<void>;
  /**
   * Lets `work` see the moving averages in place of the weights, and puts the weights back afterwards, whatever happens.
   *
   * @throws InvalidArgumentError where the optimizer keeps no averages
   */
  withAverages?<T>(work: () => Promise<T>): Promise<T>;
  /** Runs a few steps and tells where their time goes; null where steps are not compiled. */
  profile?(batch: Batch, options: StepOptions): Promise<StepProfile | null>;
  /** Waits for the running step, then frees everything. Idempotent; any later call rejects. */
  dispose(): Promise<void>;
}

/** What comes out of a model: `[rows, ...outputShape]` of its first output. */
export interface ModelOutput extends HostArray {
  /**
   * Of its further outputs, by the names of the layers that give them; absent where there are none. Of a `predictStep` that gives
   * tensors by name all of them, the first too.
   */
  readonly aux?: Readonly<Record<string, HostArray>>;
  /** What the learner found worth telling since the last {@link StepResult}; the next one tells it, too. */
  readonly warnings?: readonly LearnerWarning[];
}

export interface LearnerMetric {
  readonly name: string;
  /** Whether a larger value is better; null where that isn't known (a user's own function). */
  readonly direction: 'min' | 'max' | null;
  /** Length of this metric's part of the statistics. */
  readonly size: number;
  /** The metric's value from statistics summed over batches. */
  result(statistics: Float64Array): number;
}

export interface StepOptions {
  /** Rate of this update. */
  readonly learningRate: number;
  /** Updates before this one: what is random inside the step is a function of the batch's seed and this. */
  readonly iterations: number;
}

/** A batch and how it is trained on. */
export interface TrainingStep extends StepOptions {
  readonly batch: Batch;
}

/** What came out of one batch: additive statistics of the loss and each metric, one after the other. */
export interface StepResult {
  readonly size: number;
  /** Loss of this batch alone, regularisation included. */
  readonly loss: number;
  readonly statistics: Float64Array;
  /** What the learner found worth telling since the last result. */
  readonly warnings?: readonly LearnerWarning[];
}

export interface LearnerWarning {
  /** A stable word to test for, such as `eager-fallback`. */
  readonly code: string;
  readonly message: string;
}

/** Everything that a step changes, as named host arrays. */
export interface LearnerState {
  readonly weights: readonly NamedArray[];
  readonly slots: readonly NamedArray[];
  /** Updates so far. */
  readonly iterations?: number;
}

export interface NamedArray extends HostArray {
  readonly name: string;
}
