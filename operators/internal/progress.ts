import type { Logs, TrainEvent } from '../../src/event/trainEvent.js';

/** What a progress display knows of the running epoch. Times are those of the events, in milliseconds. */
export interface Progress {
  readonly epoch: number;
  readonly epochs: number;
  /** Steps done. */
  readonly steps: number;
  /** Null where it isn't known: the first epoch of a stream. */
  readonly stepsPerEpoch: number | null;
  readonly startedAt: number;
  readonly time: number;
  /** The first step that was seen, which is not representative of the others. */
  readonly first: { readonly steps: number; readonly time: number } | null;
  /** In the order in which they are shown. */
  readonly logs: Logs;
  readonly ended: boolean;
}

export const NO_PROGRESS: Progress = {
  epoch: 0,
  epochs: 0,
  steps: 0,
  stepsPerEpoch: null,
  startedAt: 0,
  time: 0,
  first: null,
  logs: {},
  ended: false,
};

/** Folds one event into the display's knowledge. */
export function foldProgress(progress: Progress, event: TrainEvent): Progress {
  const { time } = event;
  switch (event.type) {
    case 'runStart':
      return { ...NO_PROGRESS, epochs: event.epochs, stepsPerEpoch: event.stepsPerEpoch, startedAt: time, time };
    case 'epochStart':
      return { ...progress, epoch: event.epoch, steps: 0, startedAt: time, time, first: null, logs: {}, ended: false };
    case 'step': {
      const steps = event.step + 1;
      const first = progress.first ?? { steps, time };
      return { ...progress, epoch: event.epoch, steps, time, first, logs: event.logs, ended: false };
    }
    case 'epochEnd': {
      const { epoch, steps, logs } = event;
      return { ...progress, epoch, steps, stepsPerEpoch: steps, time, logs, ended: true };
    }
    default:
      return progress;
  }
}

/** Milliseconds a step, without the first one where there are others; 0 before any. */
export function millisecondsPerStep({ steps, first, startedAt, time }: Progress): number {
  if (first === null) return 0;
  return steps > first.steps ? (time - first.time) / (steps - first.steps) : time - startedAt;
}
