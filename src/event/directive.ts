/**
 * What a controller may ask of the driver. Directives of one barrier are carried out in this order, whatever order
 * they were asked in: save, remember, averages, learning rate, restore, stop. Within one of these groups the order of
 * the controllers holds, so of two `setLearningRate` the last one counts.
 */
export type Directive = SaveCheckpoint | Remember | UseAverages | SetLearningRate | ScaleLearningRate | Restore | Stop;

interface Asked {
  /** Key of the controller that asked. */
  readonly by: string;
}

export type SaveCheckpoint = SaveSnapshot | SaveFile;

/** The run's own snapshot store gets one at the next end of a call of steps or an epoch. */
export interface SaveSnapshot extends Asked {
  readonly type: 'saveCheckpoint';
  readonly file?: undefined;
  readonly when?: undefined;
}

/** Save the model to a file. */
export interface SaveFile extends Asked {
  readonly type: 'saveCheckpoint';
  readonly file: string;
  readonly weightsOnly?: boolean;
  /** Files that this one makes needless: removed once it is whole on the disk. */
  readonly replaces?: readonly string[];
  /** `exception`: don't save now, but when the run fails. */
  readonly when?: 'exception';
}

/** Keep a copy of the current weights in the run under this name; an earlier copy of that name is dropped. */
export interface Remember extends Asked {
  readonly type: 'remember';
  readonly weights: string;
}

/**
 * From now on validate with the optimizer's moving averages of the weights, and with `checkpoints` save and remember them in
 * place of the weights at an epoch's end. Training itself goes on with the trained weights.
 */
export interface UseAverages extends Asked {
  readonly type: 'useAverages';
  readonly checkpoints: boolean;
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

/** Put back the weights that the run remembers under this name (see {@link Remember}). */
export interface Restore extends Asked {
  readonly type: 'restore';
  readonly weights: string;
}

/** Finish the running step (all steps of the running call), then end the run cleanly. */
export interface Stop extends Asked {
  readonly type: 'stop';
  readonly reason: string;
}
