import { hostname } from 'node:os';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import type { MonoTypeOperatorFunction } from 'rxjs';
import { checkCount } from '../src/error/checkCount.js';
import type { Logs, StepEvent, TrainEvent } from '../src/event/trainEvent.js';
import { resumptionRecord, type Scalars, scalarsRecord, versionRecord } from '../src/file/tensorBoardRecord.js';
import { growingFile } from './internal/growingFile.js';
import { sideEffect } from './internal/sideEffect.js';

export interface TensorBoardOptions {
  /**
   * When there are points between those of the epochs: at each batch, or whenever the optimizer's iterations are a multiple of
   * a number. Default: `epoch`, none.
   */
  readonly updateFreq?: 'epoch' | 'batch' | number;
  /** Default: false. */
  readonly writeStepsPerSecond?: boolean;
}

/**
 * Writes a run's curves for TensorBoard, in the folders and by the names that Keras's callback has: in `train` and `validation`
 * `epoch_loss`, `epoch_accuracy`, …, in `train` `epoch_learning_rate`, in `validation` `evaluation_loss_vs_iterations`, …; with
 * `updateFreq` also `batch_loss`, …, the running means of the epoch, and beyond Keras `batch_learning_rate`.
 * `tensorboard --logdir runs` shows them while the run goes on.
 *
 * ```
 * events:           -s--v-e--s--v-e-|
 * tensorBoard(dir): -s--v-e--s--v-e-|
 * ```
 *
 * Each subscription begins files of its own beside those that are there. A resumed run goes on in its folder: what a killed one
 * had written beyond its checkpoint counts no longer, but for an epoch that ended just before. Another run wants another folder.
 * Weights, graphs and pictures, which no event has, are not written.
 *
 * *Backpressure:* a record is written synchronously, which takes microseconds.
 * *Errors:* those of the source pass through; a folder that can't be written to is reported on standard error, once.
 *
 * Source: `TensorBoard` of Keras 3.
 *
 * ## Example
 * The curves of steps and epochs
 * ```ts
 * import { of } from 'rxjs';
 * import { tensorBoard } from 'gradstream/operators';
 * import { epochEnd, stepEvent } from 'gradstream/testing';
 *
 * of(stepEvent(), epochEnd()).pipe(tensorBoard('runs/mlp', { updateFreq: 'batch' })).subscribe();
 * ```
 *
 * @param logDir made as needed.
 * @param options whether there are points between the epochs', and which.
 * @returns An operator that passes events on.
 * @throws InvalidArgumentError where `updateFreq` isn't a whole number from 1 on.
 */
export function tensorBoard(
  logDir: string,
  { updateFreq = 'epoch', writeStepsPerSecond = false }: TensorBoardOptions = {},
): MonoTypeOperatorFunction<TrainEvent> {
  const every = updateFreq === 'batch' ? 1 : updateFreq;
  if (every !== 'epoch') checkCount('tensorBoard', { updateFreq: every }, 1);
  const isDue = ({ iterations }: StepEvent): boolean => every !== 'epoch' && iterations % every === 0;
  return source =>
    source.pipe(
      curves(join(logDir, 'train'), () => trainingPoint(isDue, writeStepsPerSecond)),
      curves(join(logDir, 'validation'), () => validationPoint),
    );
}

/** What an event adds to the curves of one folder, if anything. */
type PointOf = (event: TrainEvent) => Pick<Scalars, 'step' | 'values'> | undefined;

function trainingPoint(isDue: (event: StepEvent) => boolean, writeStepsPerSecond: boolean): PointOf {
  const [ofBatches, ofEpochs] = [speedometer(), speedometer()];
  const withSpeed = (logs: Logs, speed: number | undefined): Logs =>
    writeStepsPerSecond && speed !== undefined ? { ...logs, steps_per_second: speed } : logs;
  return event => {
    if (event.type === 'runStart' && event.resumedFrom !== null) {
      ofEpochs.start({ time: event.time, iterations: event.resumedFrom.iterations });
    }
    if (event.type === 'epochStart') ofEpochs.start(event);
    // Neither what lies between epochs nor a validation is a step's time.
    if (event.type === 'epochStart' || event.type === 'validation') ofBatches.start(undefined);
    if (event.type === 'step' && isDue(event)) {
      const values = withSpeed(event.logs, ofBatches.since(event));
      return { step: event.iterations, values: renamed(values, name => `batch_${name}`) };
    }
    if (event.type === 'epochEnd') {
      const values = withSpeed(apart(event.logs).training, ofEpochs.since(event));
      return { step: event.epoch, values: renamed(values, name => `epoch_${name}`) };
    }
    return undefined;
  };
}

const validationPoint: PointOf = event => {
  if (event.type === 'validation') {
    const { validation } = apart(event.logs);
    return { step: event.iterations, values: renamed(validation, name => `evaluation_${name}_vs_iterations`) };
  }
  if (event.type === 'epochEnd') {
    const { validation } = apart(event.logs);
    return { step: event.epoch, values: renamed(validation, name => `epoch_${name}`) };
  }
  return undefined;
};

interface Moment {
  readonly time: number;
  readonly iterations: number;
}

interface Speedometer {
  start(moment: Moment | undefined): void;
  /** Steps a second since the last moment that was another one: steps that one native call took end all at once. */
  since(moment: Moment): number | undefined;
}

function speedometer(): Speedometer {
  let last: Moment | undefined;
  return {
    start: moment => {
      last = moment;
    },
    since(moment) {
      const before = last;
      if (before !== undefined && moment.time <= before.time) return undefined;
      last = moment;
      return before && (1000 * (moment.iterations - before.iterations)) / (moment.time - before.time);
    },
  };
}

/** Logs of training, and those of validation without their prefix. */
function apart(logs: Logs): { readonly training: Logs; readonly validation: Logs } {
  const all = Object.entries(logs);
  const prefix = 'val_';
  return {
    training: Object.fromEntries(all.filter(([name]) => !name.startsWith(prefix))),
    validation: Object.fromEntries(
      all.filter(([name]) => name.startsWith(prefix)).map(([name, value]) => [name.slice(prefix.length), value]),
    ),
  };
}

const renamed = (logs: Logs, rename: (name: string) => string): Logs =>
  Object.fromEntries(Object.entries(logs).map(([name, value]) => [rename(name), value]));

/** One file, made when there is something to write. */
function curves(folder: string, start: () => PointOf): MonoTypeOperatorFunction<TrainEvent> {
  return sideEffect('tensorBoard', () => {
    const pointOf = start();
    const file = growingFile(join(folder, fileName()), false);
    let resumedAt: number | undefined;
    let isBegun = false;
    const head = (time: number): Buffer[] => [
      versionRecord(time),
      ...(resumedAt === undefined ? [] : [resumptionRecord({ time, step: resumedAt + 1 })]),
    ];
    return {
      next(event) {
        if (event.type === 'runStart') resumedAt = event.resumedFrom?.iterations;
        const point = pointOf(event);
        if (point === undefined || Object.keys(point.values).length === 0) return;
        const { time } = event;
        file.write(Buffer.concat([...(isBegun ? [] : head(time)), scalarsRecord({ time, ...point })]));
        isBegun = true;
      },
      end: file.close,
    };
  });
}

/** Tells files apart that one thread begins within a second. */
let count = 0;

function fileName(): string {
  const [seconds, number] = [Math.floor(Date.now() / 1000), String(count++).padStart(6, '0')];
  return `events.out.tfevents.${seconds}.${hostname()}.${process.pid}.${threadId}.${number}.v2`;
}
