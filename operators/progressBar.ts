import type { MonoTypeOperatorFunction } from 'rxjs';
import { foldProgress, NO_PROGRESS, type Progress } from '../src/event/progress.js';
import type { TrainEvent } from '../src/event/trainEvent.js';
import { renderProgress } from './internal/renderProgress.js';
import { sideEffect } from './internal/sideEffect.js';
import { writableSink } from './internal/writableSink.js';

/** Where the bar is drawn; `process.stderr` and `process.stdout` are such. */
export interface ProgressStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface ProgressBarOptions {
  /** Default: standard error. */
  readonly stream?: ProgressStream;
  /** Default: on a terminal, unless the environment has `NO_COLOR`. */
  readonly color?: boolean;
}

/** Milliseconds between two drawings: 20 a second. */
const INTERVAL = 50;
const DEFAULT_COLUMNS = 80;
const ERASE_LINE = '\r\x1b[K';

/**
 * Shows how far a run is. On a terminal: a bar for each epoch, redrawn in place at most 20 times a second and never wider
 * than the terminal. Elsewhere: one line an epoch. Warnings get a line of their own, and so does the reason of a run that
 * did not complete.
 *
 * ```
 * events:        -r-s-s-s-e-|
 * progressBar(): -r-s-s-s-e-|
 * ```
 *
 * *Backpressure:* a drawing is one short write.
 * *Errors:* those of the source pass through; a stream that can't be written is reported on standard error, once.
 *
 * ## Example
 * ```ts
 * import { of } from 'rxjs';
 * import { progressBar } from 'gradstream/operators';
 * import { epochEnd, runStart, stepEvent } from 'gradstream/testing';
 *
 * of(runStart(), stepEvent(), epochEnd()).pipe(progressBar({ stream: process.stdout })).subscribe();
 * ```
 *
 * @param options where to, and whether in colours.
 * @returns An operator that passes events on.
 */
export function progressBar(options: ProgressBarOptions = {}): MonoTypeOperatorFunction<TrainEvent> {
  const { stream = process.stderr } = options;
  return sideEffect('progressBar', () => {
    const live = stream.isTTY === true && process.env.TERM !== 'dumb';
    const color = options.color ?? (live && !process.env.NO_COLOR);
    const sink = writableSink('progressBar', stream);
    let progress = NO_PROGRESS;
    let drawnAt = Number.NEGATIVE_INFINITY;
    let drawn = false;
    let isIdle = false;

    /** The last column stays free: some terminals wrap when it is written. */
    const render = (): string => {
      const width = live ? (stream.columns || DEFAULT_COLUMNS) - 1 : Number.POSITIVE_INFINITY;
      return renderProgress(progress, { width, color, bar: live });
    };
    const draw = (): void => {
      sink.write(`${ERASE_LINE}${render()}`);
      drawnAt = progress.time;
      drawn = true;
    };
    /** A line that stays. A bar that was there is drawn again below it. */
    const print = (line: string): void => {
      sink.write(`${drawn ? ERASE_LINE : ''}${line}\n`);
      drawn = false;
    };

    return {
      next(event) {
        progress = foldProgress(progress, event);
        switch (event.type) {
          case 'runStart':
            isIdle = event.resumedFrom !== null;
            break;
          case 'step':
            isIdle = false;
            if (live && isDue(progress, drawnAt)) draw();
            break;
          case 'epochEnd':
            print(render());
            break;
          case 'warning':
            print(`Warning: ${event.message}`);
            break;
          case 'runEnd':
            if (event.reason !== 'completed') print(`Stopped in epoch ${progress.epoch + 1}: ${event.reason}`);
            else if (isIdle) print(nothingLeft(event.epochs));
            break;
          default:
        }
      },
      end() {
        if (drawn) sink.write('\n');
        sink.end();
      },
    };
  });
}

const nothingLeft = (epochs: number): string =>
  `Nothing to do: this run was resumed at its end, after ${epochs} epochs. Ask for more, or remove its snapshots to begin anew.`;

const isDue = ({ time }: Progress, drawnAt: number): boolean => time - drawnAt >= INTERVAL || time < drawnAt;
