import type { Cursor } from '../data/batch.js';
import type { Logs } from '../event/trainEvent.js';
import type { LearnerState, NamedArray } from '../learner/learner.js';
import type { Json } from '../policy/policy.js';
import type { RateState } from '../policy/rateState.js';

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
  /** The next sample to draw. */
  readonly cursor: Cursor;
  /** Steps taken in the cursor's epoch. */
  readonly step: number;
  /** Updates since the beginning of the run. */
  readonly iterations: number;
  /** Sums of the running epoch's statistics. */
  readonly sums: readonly number[];
  readonly rate: RateState;
  /** State of each policy, by its key. */
  readonly policies: Readonly<Record<string, Json>>;
  /** Logs of the last whole epoch. */
  readonly logs: Logs;
  /** The recipe's options, to compare with the caller's on resume. */
  readonly config: Json;
}

/** Where a run keeps its snapshots. */
export interface SnapshotStore {
  /** Writes a snapshot; when this resolves it is whole on the disk. Resolves to its path. */
  save(snapshot: Snapshot): Promise<string>;
  /** The newest whole snapshot, or null where there is none. */
  latest(): Promise<Snapshot | null>;
}
