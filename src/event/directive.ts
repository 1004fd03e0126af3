/**
 * What a controller may ask of the driver. Directives of one barrier are carried out in this order, whatever order
 * they were asked in: save, learning rate, restore, stop.
 */
export type Directive = SaveCheckpoint | SetLearningRate | ScaleLearningRate | Restore | Stop;

interface Asked {
  /** Key of the controller that asked. */
  readonly by: string;
}

/** Save now. Without a `file` the run's own checkpoint folder gets it. */
export interface SaveCheckpoint extends Asked {
  readonly type: 'saveCheckpoint';
  readonly file?: string;
  readonly weightsOnly?: boolean;
}

/** Overwrites the rate: schedule and scale no longer count until the next `setLearningRate`. */
export interface SetLearningRate extends Asked {
  readonly type: 'setLearningRate';
  readonly value: number;
}

/** Multiplies the schedule's rate from now on; `atLeast` bounds the resulting rate. */
export interface ScaleLearningRate extends Asked {
  readonly type: 'scaleLearningRate';
  readonly factor: number;
  readonly atLeast?: number;
}

/** Put back the weights that the run remembers under this name. */
export interface Restore extends Asked {
  readonly type: 'restore';
  readonly weights: string;
}

/** Finish the running step, then end the run cleanly. */
export interface Stop extends Asked {
  readonly type: 'stop';
  readonly reason: string;
}
