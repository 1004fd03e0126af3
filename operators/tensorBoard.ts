import { hostname } from 'node:os';
import { join } from 'node:path';
import type { MonoTypeOperatorFunction } from 'rxjs';
import { checkCount } from '../src/error/checkCount.js';
import type { Logs, TrainEvent } from '../src/event/trainEvent.js';
import { type Scalars, scalarsRecord, versionRecord } from '../src/file/tensorBoardRecord.js';
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
 * `updateFreq` also `batch_loss`, …, the running means of the epoch. `tensorboard --logdir runs` shows them while the run goes on.
 *
 * ```
 * events:           -s--v-e--s--v-e-|
 * tensorBoard(dir): -s--v-e--s--v-e-|
 * ```
 *
 * Each subscription begins files of its own beside those that are there: a resumed run goes on in its folder, another run
 * wants another one. Weights, graphs and pictures, which no event has, are not written.
 *
 * *Backpressure:* a record is written synchronously, which takes microseconds.
 * *Errors:* those of the source pass through; a file that can't be written is reported on standard error, once.
 *
 * Source: `TensorBoard` of Keras 3.
 *
 * @example
 * run$.pipe(tensorBoard('runs/mlp', { updateFreq: 100 })).subscribe();
 */
export function tensorBoard(
  logDir: string,
  { updateFreq = 'epoch', writeStepsPerSecond = false }: TensorBoardOptions = {},
): MonoTypeOperatorFunction<TrainEvent> {
  const every = updateFreq === 'batch' ? 1 : updateFreq;
  if (every !== 'epoch') checkCount('tensorBoard', { updateFreq: every }, 1);
  return sideEffect('tensorBoard', () => {
    const training = eventFile(join(logDir, 'train'));
    const validation = eventFile(join(logDir, 'validation'));
    const epochSpeed = speedometer();
    const batchSpeed = speedometer();
    const withSpeed = (logs: Logs, speed: number | undefined): Logs =>
      writeStepsPerSecond && speed !== undefined ? { ...logs, steps_per_second: speed } : logs;

    return {
      next(event) {
        const { type, time } = event;
        if (type === 'runStart' && event.resumedFrom !== null) {
          const { iterations } = event.resumedFrom;
          for (const speed of [epochSpeed, batchSpeed]) speed.start({ time, iterations });
        } else if (type === 'epochStart') {
          for (const speed of [epochSpeed, batchSpeed]) speed.start(event);
        } else if (type === 'step' && every !== 'epoch' && event.iterations % every === 0) {
          const logs = withSpeed(event.logs, batchSpeed.since(event));
          training.write({ time, step: event.iterations, values: renamed(logs, name => `batch_${name}`) });
        } else if (type === 'validation') {
          const values = renamed(apart(event.logs).validation, name => `evaluation_${name}_vs_iterations`);
          validation.write({ time, step: event.iterations, values });
        } else if (type === 'epochEnd') {
          const logs = apart(event.logs);
          const ofTraining = withSpeed(logs.training, epochSpeed.since(event));
          const point = (values: Logs): Scalars => ({
            time,
            step: event.epoch,
            values: renamed(values, name => `epoch_${name}`),
          });
          training.write(point(ofTraining));
          validation.write(point(logs.validation));
        }
      },
      end() {
        training.close();
        validation.close();
      },
    };
  });
}

interface Moment {
  readonly time: number;
  readonly iterations: number;
}

interface Speedometer {
  start(moment: Moment): void;
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

/** Tells files apart that one process begins within a second. */
let begun = 0;

/** One file, made when there is something to write. */
function eventFile(folder: string): { write(scalars: Scalars): void; close(): void } {
  const name = `events.out.tfevents.${Math.floor(Date.now() / 1000)}.${hostname()}.${process.pid}.${begun++}.v2`;
  const file = growingFile(join(folder, name), false);
  return {
    write(scalars) {
      if (Object.keys(scalars.values).length === 0) return;
      const records = [scalarsRecord(scalars)];
      if (file.size() === 0) records.unshift(versionRecord(scalars.time));
      file.write(Buffer.concat(records));
    },
    close: file.close,
  };
}
