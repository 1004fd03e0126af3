import type * as tf from '@tensorflow/tfjs-core';
import type { HostArray } from '../array/hostArray.js';
import type { Auxiliary } from '../data/auxiliary.js';
import type { Batch } from '../data/batch.js';
import type { Seed } from '../layer/applyModel.js';
import type { ModelOutput } from './learner.js';
import type { ModelVariable } from './modelVariables.js';
import type { NamedVariable } from './weightSlots.js';

/**
 * What a learner carries out: a training step, an evaluation and a prediction, written in tfjs operations only. Eager execution
 * carries them out one by one; the compiled engine traces the same functions.
 */
export interface Program {
  readonly weights: readonly ModelVariable[];
  /** What the optimizer keeps, with names such as `dense/kernel/velocity`, weight by weight. */
  readonly namedSlots: readonly NamedVariable[];
  /** Weights and their moving averages, where the optimizer keeps them. */
  readonly averages: ReadonlyMap<tf.Variable, tf.Variable>;
  /** Everything that a step reads or changes, in the order in which an engine reads it: weights, slots, then what else there is. */
  readonly variables: readonly tf.Variable[];
  /** Whether it can evaluate. Default: true. */
  readonly evaluates?: boolean;
  /** Rates of a step that it goes by beside the one that it is given: of further optimizers with schedules. */
  furtherRates?(iterations: number): readonly number[];
  /** What is done on a batch, once that is found to fit. */
  onBatch(batch: Batch): BatchProgram;
  /** What is done with inputs, once they are found to fit. */
  onInputs(given: Inputs<HostArray>): InputsProgram;
  /** Frees what it has made itself: slots, not weights. */
  dispose(): void;
}

export interface BatchProgram {
  /** Equal for what is traced alike, the shapes of the examples apart. */
  readonly key: string;
  /** Updates the weights; gives loss and statistics in one vector. */
  train(examples: Examples, fed: Fed, furtherRates: readonly tf.Scalar[]): tf.Tensor1D;
  /** Inference mode; loss and statistics in one vector. */
  evaluate(examples: Examples): tf.Tensor1D;
}

export interface InputsProgram {
  /** Equal for what is traced alike, the shapes of the inputs apart. */
  readonly key: string;
  readonly inputs: readonly HostArray[];
  /** All that comes out, of tensors in the order of `inputs`. */
  predict(inputs: readonly tf.Tensor[]): readonly tf.Tensor[];
  /** What has come out, as those want it who ask a learner. */
  output(outputs: readonly HostArray[]): ModelOutput;
}

/** What goes into a model: `x` into its first input, the others by their names. */
export interface Inputs<T> {
  readonly x: T;
  readonly aux?: Auxiliary<T>;
}

/** Examples of one batch as tensors. */
export interface Examples {
  /** `[batch, ...inputShape]`, float32, scaled. */
  readonly x: tf.Tensor;
  /** `[batch]` or `[batch, ...targets]`, as the source has them. */
  readonly y: tf.Tensor;
  /** Further inputs and targets, by their names. */
  readonly aux?: Auxiliary<tf.Tensor>;
  /** How much each example counts; null: all alike. */
  readonly sampleWeight: tf.Tensor1D | null;
}

/** What is fed at each step and never frozen into a graph. */
export interface Fed {
  readonly learningRate: tf.Scalar;
  /** Updates before this one, float32. */
  readonly iterations: tf.Scalar;
  /** For what is random in the step; a function of the run's seed and `iterations`. */
  readonly seed: Seed;
}
