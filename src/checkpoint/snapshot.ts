import type { Cursor } from '../data/batch.js';
import type { SaveFile } from '../event/directive.js';
import type { Logs } from '../event/trainEvent.js';
import type { LearnerState, NamedArray } from '../learner/learner.js';
import type { RateState } from '../policy/rateState.js';
import type { RateWriters } from '../policy/rateWriters.js';
import type { Json } from '../text/json.js';

/** Everything a run is at one barrier: from here it goes on as if it had never stopped. */
export interface Snapshot {
  readonly run: RunState;
  readonly learner: LearnerState;
  /** Weights that policies asked the run to remember, by name. */
  readonly remembered: Readonly<Record<string, readonly NamedArray[]>>;
}

/** The plain part of a {@link Snapshot}. */
export interface RunState {
  readonly seed: number;
  /** Epochs that the run was asked for. */
  readonly epochs: number;
  /** The epoch that runs or comes next, counted from 0. */
  readonly epoch: number;
  /** Steps taken in it. */
  readonly step: number;
  /** Updates since the beginning of the run. */
  readonly iterations: number;
  /** The next sample to draw. Its `epoch` counts passes over the data, which `stepsPerEpoch` parts from epochs. */
  readonly cursor: Cursor;
  /** Batches taken of the cursor's pass. */
  readonly batches: number;
  /** Events so far, as an unbroken run counts them. */
  readonly events: number;
  /** Why a controller stopped the run, or null. */
  readonly stopped: string | null;
  /** Sums of the running epoch's statistics. */
  readonly sums: readonly number[];
  readonly rate: RateState;
  readonly rateWriters: RateWriters;
  /** State of each policy, by its key. */
  readonly policies: Readonly<Record<string, Json>>;
  /** What is to be saved should the run fail. */
  readonly onException: readonly SaveFile[];
  /** The controller `by` asked for the moving averages of the weights; `checkpoints`: saved models have them, too. */
  readonly averages: { readonly checkpoints: boolean; readonly by?: string } | null;
  /** The run was stopped before a validation that is due after this step. Default false. */
  readonly validationDue?: boolean;
  /** Logs of the last whole epoch. */
  readonly logs: Logs;
  /** What the run was asked to do, to compare with the caller's on resume. */
  readonly setup: Json;
}

/** Where a run keeps its snapshots. */
export interface SnapshotStore {
  /**
   * Reserves the store for one run.
   *
   * @param options.resume false: the run begins anew, and the store must be empty
   * @throws RunFolderInUseError where another run has it
   * @throws InvalidArgumentError where it holds snapshots that a new run would drop
   */
  open(options: { readonly resume: boolean }): Promise<SnapshotWriter>;
  /**
   * The newest whole snapshot, or null where there is none at all.
   *
   * @throws FileFormatError where there are snapshots but none is whole; NewerFormatError where the newest is of a newer format
   */
  latest(): Promise<FoundSnapshot | null>;
}

export interface FoundSnapshot {
  readonly snapshot: Snapshot;
  /** Newer ones that were passed over, and why: one sentence each. */
  readonly damaged: readonly string[];
}

/** A store while one run has it. */
export interface SnapshotWriter {
  /** Writes a snapshot; when this resolves it is whole on the disk, and older ones may be gone. Resolves to its path. */
  save(snapshot: Snapshot): Promise<string>;
  /** Gives the store free. */
  close(): Promise<void>;
}
