import type * as tf from '@tensorflow/tfjs-core';
import type { HostArray } from '../array/hostArray.js';
import type { Batch } from '../data/batch.js';
import type { TensorData } from '../native/dataType.js';
import type { Learner, StepOptions, TrainingStep } from './learner.js';
import type { InputsProgram, Program } from './program.js';
import type { StepProfile } from './stepProfile.js';

/** How a learner's {@link Program} is carried out: eagerly, or compiled. */
export interface Engine {
  readonly compiled: boolean;
  /** See {@link Learner.augments}. */
  readonly augments: boolean;
  /** One update after the other; gives for each the batch's loss and the statistics of the metrics. */
  train(steps: readonly TrainingStep[]): Promise<readonly ArrayLike<number>[]>;
  /** Loss and statistics of one batch, in inference mode and without an update. */
  evaluate(batch: Batch): Promise<ArrayLike<number>>;
  /** What comes out. */
  predict(on: InputsProgram): Promise<readonly HostArray[]>;
  /** Current values of the program's variables, in their order. */
  read(): Promise<TensorData[]>;
  write(values: ReadonlyMap<tf.Variable, TensorData>): Promise<void>;
  /** Runs steps and tells where their time goes; null where steps are not compiled. */
  profile(batch: Batch, options: StepOptions): Promise<StepProfile | null>;
  /** Puts the current values into the model's tfjs variables. */
  store(): Promise<void>;
  /** The same, and frees what the engine holds. */
  dispose(): Promise<void>;
}
