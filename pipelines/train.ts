import { Observable, type ObservableInput, type OperatorFunction } from 'rxjs';
import type { PipedBatchOperator } from '../operators/pipeBatches.js';
import type { SnapshotStore } from '../src/checkpoint/snapshot.js';
import type { Batch } from '../src/data/batch.js';
import type { Sample } from '../src/data/sample.js';
import type { Source } from '../src/data/source.js';
import type { TrainEvent } from '../src/event/trainEvent.js';
import type { Learner } from '../src/learner/learner.js';
import type { Json } from '../src/text/json.js';
import type { Lazy } from './lazy.js';
import { checkTrainOptions } from './training/checkTrainOptions.js';
import type { Controller } from './training/controllers.js';
import { RunLifetime } from './training/runLifetime.js';
import { runTraining } from './training/runTraining.js';

/** Where batches come from. */
export interface DataOptions {
  readonly source: Lazy<Source>;
  /**
   * Synchronous operators from samples to batches: `batch(128)`, `pipe(augment(…), batch(32))`, … What `batch` and `pipeBatches` make
   * tells how many batches there will be, and may leave augmentation to the step.
   */
  readonly through: OperatorFunction<Sample, Batch> & Partial<PipedBatchOperator>;
}

export interface TrainingData extends DataOptions {
  /** A new order of the rows in each epoch, by the seed. Default true. */
  readonly shuffle?: boolean;
}

export interface ValidationOptions extends DataOptions {
  /** Validate after every so many epochs. Default 1. */
  readonly everyEpochs?: number;
  /** Validate also after every so many steps of an epoch. */
  readonly everySteps?: number;
}

export interface TrainOptions {
  /**
   * A learner, which stays the caller's; or a function that makes one, which then belongs to the run. A second run with a learner goes on
   * from its weights, optimizer and count of updates, as a second `fit` of Keras does; its epochs are counted anew.
   */
  readonly learner: Lazy<Learner>;
  readonly data: TrainingData;
  readonly validation?: ValidationOptions;
  /** The run ends when so many epochs are done, resumed ones included. */
  readonly epochs: number;
  /**
   * Ends an epoch after so many steps: necessary for endless streams. The next epoch goes on in the data where this one has
   * ended, and a source that comes to its end begins anew: epochs no longer are passes over the data.
   */
  readonly stepsPerEpoch?: number;
  /**
   * Steps that a compiled learner takes in one native call, as Keras's `steps_per_execution`. Default 1. Small networks train
   * quicker by a tenth or more (the MNIST MLP with 8); the result is the same, but for rounding in some models. Step events come
   * so many at a time, those after a loss that isn't finite included, and what controllers ask after any of these steps is
   * carried out after the last one: who resumes a run with controllers that answer to steps keeps this number.
   *
   * A call ends early where an epoch ends or a validation is due; what is left then is taken step by step, so an epoch of fewer
   * steps gains nothing. The first call builds a graph as many times as large, and as many batches are held at one time.
   */
  readonly stepsPerExecution?: number;
  /**
   * Everything random in the run follows from it; the weights that it begins with are the learner's (`initializeWeights` draws them by a
   * seed). Not given: one is drawn and reported in `runStart`.
   */
  readonly seed?: number;
  /**
   * Updates that the learner had before this run, for its schedule and optimizer to go on from. Default: those that it counts itself
   * (`learner.iterations`), 0 for a new one. A resumed run goes on from its snapshot.
   */
  readonly iterations?: number;
  /** In the order in which their wishes count. */
  readonly controllers?: readonly Controller[];
  /** When it emits a reason, the running step is finished and the run is closed cleanly. */
  readonly stopOn?: ObservableInput<string>;
  /** Batches (those of a call, where a call has several) that are prepared while a step runs. Default 2. */
  readonly ahead?: number;
  /** What a loss that is NaN or infinite does: `error` (default) ends the run with NonFiniteLossError. */
  readonly onNonFinite?: 'error' | 'continue';
  /** Where snapshots are kept; with it the run can be resumed. */
  readonly snapshots?: SnapshotStore;
  /** A snapshot is taken at each epoch's end, and at the first end of a call after so many milliseconds. Default 30,000. */
  readonly snapshotEveryMs?: number;
  /** Goes on from the newest whole snapshot; without any the run begins anew. */
  readonly resume?: boolean;
  /** What the run was asked to do, kept in the snapshots and compared on resume. */
  readonly config?: Json;
  /** Writes the model for a controller's `saveCheckpoint` with a file name. */
  readonly saveModel?: (file: string, learner: Learner, options: SaveOptions) => Promise<void>;
  /** What a full or read-only disk does: `continue` (default) emits a warning and trains on, `stop` also stops the run. */
  readonly onSaveError?: 'continue' | 'stop';
}

export interface SaveOptions {
  readonly weightsOnly: boolean;
  /** Updates so far. */
  readonly iterations: number;
}

/**
 * Trains: a cold Observable of what happens.
 *
 * ```
 * subscribe: runStart epochStart step step … validation epochEnd epochStart … trainEnd runEnd |
 * ```
 *
 * Nothing happens before `subscribe`, and each subscription is a run of its own; `share()` it for several observers.
 *
 * Every event is shown to the controllers. What they ask at a barrier (`runStart`, `epochStart`, `step`, `validation`,
 * `epochEnd`, `trainEnd`) is carried out before the run goes on, in the order that `Directive` documents, and each is then
 * emitted as a `directive` event. An answer to any other event is not heard.
 *
 * - **Stop** (a controller's `stop`, or `stopOn`) finishes the running step (all steps of the running call), takes a snapshot
 *   where there is a store, emits `trainEnd` and `runEnd` and completes. In mid-epoch there is no validation and no `epochEnd`
 *   (Keras's `TerminateOnNaN` still has both). A stop by `stopOn` is an interruption: a resumed run goes on. One by a controller
 *   is a part of the run: a resumed run is at its end, unless it is asked for more epochs than before.
 * - **Abort** (`unsubscribe`) takes no further step and emits nothing more. The native call that is running ends first,
 *   then everything is freed.
 *
 * **Snapshots** are copied at a barrier and written while the run goes on; they are no events, since the clock says when
 * they are taken. A run that was killed anywhere and is resumed emits, but for `time`, exactly the events that were missing
 * after the snapshot, preceded by a `runStart` of its own that says where it goes on. Controllers that are operators
 * begin afresh then. At that `runStart` only policies that are new in the run are heard; what others asked stays as it was, and
 * what was kept for one that is gone (averages, a file to save on failure) is dropped.
 *
 * *Backpressure:* the next batches are prepared while a step runs, at most `ahead` of them; a slow observer delays the run.
 *
 * *Errors:* of the source, of an operator, of a step or of a controller end the run as an `error` notification, after
 * everything was freed. With a loss that isn't finite the weights are first put back to those of the epoch's beginning; in
 * the epoch in whose midst a run was resumed, to those of the snapshot.
 * An observer's operator that throws aborts the run, as everywhere in RxJS; the observers of this library never do.
 *
 * @throws InvalidArgumentError where an option can't be meant.
 */
export function train(options: TrainOptions): Observable<TrainEvent> {
  checkTrainOptions(options);
  return new Observable(subscriber => {
    const lifetime = new RunLifetime(options.ahead);
    void runTraining(options, lifetime, subscriber);
    return () => lifetime.abort();
  });
}
