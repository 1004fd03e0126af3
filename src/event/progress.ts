import type { Logs, TrainEvent } from './trainEvent.js';

/** What a progress display knows of the running epoch. Times are those of the events, in milliseconds. */
export interface Progress {
  readonly epoch: number;
  readonly epochs: number;
  /** Steps done. */
  readonly steps: number;
  /** Null where it isn't known: the first epoch of a stream. */
  readonly stepsPerEpoch: number | null;
  /** What the run has said of it at its start; epochs that end early (a filter that drops) change nothing about it. */
  readonly announcedSteps: number | null;
  readonly startedAt: number;
  readonly time: number;
  /** Steps that were seen: fewer than were done where the run was resumed in this epoch. */
  readonly seen: number;
  /** The first steps that were seen, those of one call, which are not representative of the others. */
  readonly first: StepMark | null;
  readonly last: StepMark | null;
  /** In the order in which they are shown. */
  readonly logs: Logs;
  readonly ended: boolean;
}

/** So many steps were done at this time. */
interface StepMark {
  readonly steps: number;
  readonly time: number;
}

export const NO_PROGRESS: Progress = {
  epoch: 0,
  epochs: 0,
  steps: 0,
  stepsPerEpoch: null,
  announcedSteps: null,
  startedAt: 0,
  time: 0,
  seen: 0,
  first: null,
  last: null,
  logs: {},
  ended: false,
};

/** Folds one event into the display's knowledge. */
export function foldProgress(progress: Progress, event: TrainEvent): Progress {
  const { time } = event;
  switch (event.type) {
    case 'runStart': {
      const { epochs, stepsPerEpoch } = event;
      return { ...NO_PROGRESS, epochs, stepsPerEpoch, announcedSteps: stepsPerEpoch, startedAt: time, time };
    }
    case 'epochStart':
      return beginEpoch(progress, event.epoch, time);
    case 'step': {
      // Filters that are climbed together share one beginning.
      const running = progress.ended ? beginEpoch(progress, event.epoch, progress.time) : progress;
      const steps = event.step + 1;
      const last = { steps, time };
      const isFirst = running.first === null || running.first.time === time;
      const first = isFirst ? last : running.first;
      const seen = running.seen + 1;
      return { ...running, epoch: event.epoch, steps, time, seen, first, last, logs: event.logs };
    }
    case 'epochEnd': {
      const { epoch, steps, logs } = event;
      return { ...progress, epoch, steps, stepsPerEpoch: steps, time, logs, ended: true };
    }
    default:
      return progress;
  }
}

function beginEpoch({ epochs, stepsPerEpoch, announcedSteps }: Progress, epoch: number, time: number): Progress {
  const known = announcedSteps ?? stepsPerEpoch;
  return { ...NO_PROGRESS, epochs, stepsPerEpoch: known, announcedSteps, epoch, startedAt: time, time };
}

/** Milliseconds a step, without the first call where there are others and without validation; 0 before any. */
export function millisecondsPerStep({ first, last, seen, startedAt }: Progress): number {
  if (first === null || last === null) return 0;
  if (last.steps > first.steps) return (last.time - first.time) / (last.steps - first.steps);
  return (last.time - startedAt) / seen;
}
