import type { Directive } from './directive.js';

/**
 * What a training run tells its observers. Plain, frozen, JSON-able data. Epochs and steps count from 0.
 * `time` (milliseconds since 1970) is the only field that differs between two runs with the same seed.
 */
export type TrainEvent =
  | RunStart
  | EpochStart
  | StepEvent
  | ValidationEvent
  | EpochEnd
  | CheckpointEvent
  | DirectiveEvent
  | WarningEvent
  | TrainEnd
  | RunEnd;

/** Metric values by Keras's names: `loss`, `accuracy`, `val_loss`, `learning_rate`, … */
export type Logs = Readonly<Record<string, number>>;

export interface RunStart {
  readonly type: 'runStart';
  readonly time: number;
  readonly seed: number;
  readonly epochs: number;
  /** Null where it is not known before the first epoch has ended (streams). */
  readonly stepsPerEpoch: number | null;
  /** Names that `epochEnd.logs` will have. */
  readonly metrics: readonly string[];
  /** Number of the model's parameters, non-trainable ones included. */
  readonly parameters: number;
  /** `tensorflow`, `wasm` or `cpu`. */
  readonly backend: string;
  /** Whether a step is one native call. */
  readonly compiled: boolean;
  /** What steps compute in: `float32`, or `mixed_bfloat16`. */
  readonly dtypePolicy: string;
  /** Where the run goes on, or null for a run from the beginning. */
  readonly resumedFrom: ResumePoint | null;
}

/** How far a run was when the snapshot was taken from which it goes on. */
export interface ResumePoint {
  /** The epoch in which it goes on, counted from 0. */
  readonly epoch: number;
  /** Steps of that epoch that are done. */
  readonly step: number;
  readonly iterations: number;
  /** Events until there, this `runStart` and those of earlier resumptions not counted. */
  readonly events: number;
}

/**
 * An epoch begins; controllers may set its rate. A run that resumes in mid-epoch does not begin that epoch again, so
 * there is no such event for it.
 */
export interface EpochStart {
  readonly type: 'epochStart';
  readonly time: number;
  readonly epoch: number;
  readonly iterations: number;
  /** The rate that the epoch's first step would have now, after all that was asked for at the last epoch's end. */
  readonly learningRate: number;
}

/** One training step has ended. */
export interface StepEvent {
  readonly type: 'step';
  readonly time: number;
  readonly epoch: number;
  /** Step in the epoch. */
  readonly step: number;
  /** Steps since the beginning of the run, this one included: the optimizer's iterations. */
  readonly iterations: number;
  /** Examples in the batch. */
  readonly size: number;
  /** Running means of the epoch so far, as Keras's progress bar shows them, and `learning_rate`. */
  readonly logs: Logs;
}

export interface ValidationEvent {
  readonly type: 'validation';
  readonly time: number;
  readonly epoch: number;
  readonly iterations: number;
  /** `val_loss`, `val_accuracy`, … */
  readonly logs: Logs;
}

export interface EpochEnd {
  readonly type: 'epochEnd';
  readonly time: number;
  readonly epoch: number;
  /** Steps that the epoch had. */
  readonly steps: number;
  readonly iterations: number;
  readonly logs: Logs;
}

/**
 * A file that a controller asked for is whole on the disk. The snapshots that a run keeps by itself, to be resumed from,
 * are no events: when they are taken depends on the clock.
 */
export interface CheckpointEvent {
  readonly type: 'checkpoint';
  readonly time: number;
  readonly epoch: number;
  readonly iterations: number;
  readonly file: string;
}

/** A controller's wish was carried out. */
export interface DirectiveEvent {
  readonly type: 'directive';
  readonly time: number;
  readonly epoch: number;
  readonly iterations: number;
  readonly directive: Directive;
}

/** Something that does not end the run but that its user should know. */
export interface WarningEvent {
  readonly type: 'warning';
  readonly time: number;
  /** A stable word to test for, such as `eager-fallback`. */
  readonly code: string;
  readonly message: string;
}

/** The last step was taken, whatever ended the run; controllers may ask for a restore or a save. */
export interface TrainEnd {
  readonly type: 'trainEnd';
  readonly time: number;
  /** Epoch in which the run ended, counted from 0. */
  readonly epoch: number;
  readonly iterations: number;
}

export interface RunEnd {
  readonly type: 'runEnd';
  readonly time: number;
  /** `completed`, or the reason that a stop directive gave. */
  readonly reason: string;
  /** Whole epochs that were run, resumed ones included. */
  readonly epochs: number;
  readonly iterations: number;
  /** Logs of the last whole epoch. */
  readonly logs: Logs;
  /** Hash of the final weights: equal for equal weights. */
  readonly fingerprint: string;
}
