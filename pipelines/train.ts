import { Observable, type ObservableInput, type OperatorFunction } from 'rxjs';
import type { SnapshotStore } from '../src/checkpoint/snapshot.js';
import type { Batch } from '../src/data/batch.js';
import type { Sample } from '../src/data/sample.js';
import type { Source } from '../src/data/source.js';
import { InvalidArgumentError } from '../src/error/invalidArgumentError.js';
import type { TrainEvent } from '../src/event/trainEvent.js';
import type { Learner } from '../src/learner/learner.js';
import type { Json } from '../src/policy/policy.js';
import type { Controller } from './controllers.js';
import type { Lazy } from './lazy.js';
import { TrainingRun } from './trainingRun.js';

/** Where batches come from. */
export interface DataOptions {
  readonly source: Lazy<Source>;
  /** Synchronous operators from samples to batches: `batch(128)`, `pipe(augment(…), batch(32))`, … */
  readonly through: OperatorFunction<Sample, Batch>;
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
  /** A learner, which stays the caller's; or a function that makes one, which then belongs to the run. */
  readonly learner: Lazy<Learner>;
  readonly data: TrainingData;
  readonly validation?: ValidationOptions;
  /** The run ends when so many epochs are done, resumed ones included. */
  readonly epochs: number;
  /** Ends an epoch after so many steps: necessary for endless streams. */
  readonly stepsPerEpoch?: number;
  /** Everything random follows from it. Not given: one is drawn and reported in `runStart`. */
  readonly seed?: number;
  /** In the order in which their wishes count. */
  readonly controllers?: readonly Controller[];
  /** When it emits a reason, the running step is finished and the run is closed cleanly. */
  readonly stopOn?: ObservableInput<string>;
  /** Batches that are prepared while a step runs. Default 2. */
  readonly ahead?: number;
  /** What a loss that is NaN or infinite does: `error` (default) ends the run with NonFiniteLossError. */
  readonly onNonFinite?: 'error' | 'continue';
  /** Where snapshots are kept; with it the run can be resumed. */
  readonly snapshots?: SnapshotStore;
  /** Saves a snapshot at the first step after so many milliseconds without one. Default 30,000. */
  readonly snapshotEveryMs?: number;
  /** Goes on from the newest whole snapshot. */
  readonly resume?: boolean;
  /** What the run was asked to do, kept in the snapshots and compared on resume. */
  readonly config?: Json;
  /** Writes the model for a controller's `saveCheckpoint` with a file name. */
  readonly saveModel?: (file: string, learner: Learner, options: { readonly weightsOnly: boolean }) => Promise<void>;
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
 * - **Stop** (a controller's `stop`, or `stopOn`) finishes the running step, saves a snapshot where there is a store, emits
 *   `trainEnd` and `runEnd` and completes.
 * - **Abort** (`unsubscribe`) takes no further step and emits nothing more. The native call that is running ends first,
 *   then everything is freed.
 *
 * *Backpressure:* the next batches are prepared while a step runs, at most `ahead` of them; a slow observer delays the run.
 *
 * *Errors:* of the source, of an operator, of a step or of a controller end the run as an `error` notification, after
 * everything was freed.
 *
 * @throws InvalidArgumentError where an option can't be meant.
 */
export function train(options: TrainOptions): Observable<TrainEvent> {
  checkCount('epochs', options.epochs);
  checkCount('stepsPerEpoch', options.stepsPerEpoch);
  checkCount('validation.everyEpochs', options.validation?.everyEpochs);
  checkCount('validation.everySteps', options.validation?.everySteps);
  if (options.resume && options.snapshots === undefined) {
    throw new InvalidArgumentError("'resume' needs 'snapshots', the store to resume from.");
  }
  return new Observable(subscriber => {
    const run = new TrainingRun(options, subscriber);
    void run.run();
    return () => run.abort();
  });
}

function checkCount(name: string, value: number | undefined): void {
  if (value !== undefined && (!Number.isInteger(value) || value < 1)) {
    throw new InvalidArgumentError(`'${name}' is ${value}. Give a whole number of at least 1.`);
  }
}
