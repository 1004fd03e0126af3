import { closeSync, openSync, readSync } from 'node:fs';
import type { MonoTypeOperatorFunction } from 'rxjs';
import type { TrainEvent } from '../src/event/trainEvent.js';
import { type CsvLog, type CsvLogs, csvLog } from '../src/file/csv.js';
import { growingFile } from './internal/growingFile.js';
import { type Effect, reportProblem, sideEffect } from './internal/sideEffect.js';

export interface CsvLoggerOptions {
  /** One character. Default: a comma. */
  readonly separator?: string;
  /**
   * Adds to a file that exists, without a second header. Where that one has other columns it is said on standard error. Default:
   * false, the file is begun anew.
   */
  readonly append?: boolean;
}

/**
 * Writes each epoch's logs as a line of a CSV file, byte for byte as Keras does; see {@link csvLog}. The file is opened
 * at the first event, and each line is in it as soon as its epoch has ended. With `append` a resumed run goes on in it; an epoch that
 * ended just before a kill, and isn't in the checkpoint, is there twice then.
 *
 * ```
 * events:          -s--e--s--e-|
 * csvLogger(file): -s--e--s--e-|
 * ```
 *
 * *Backpressure:* a line is written synchronously, which takes microseconds.
 * *Errors:* those of the source pass through; a file that can't be written is reported on standard error, once.
 *
 * ## Example
 * The lines of two epochs
 * ```ts
 * import { of } from 'rxjs';
 * import { csvLogger } from 'gradstream/operators';
 * import { epochEnd } from 'gradstream/testing';
 *
 * const epochs = [epochEnd({ epoch: 0, logs: { loss: 2 } }), epochEnd({ epoch: 1, logs: { loss: 1 } })];
 * of(...epochs).pipe(csvLogger('log.csv')).subscribe(); // epoch,loss,val_loss 0,2.0,NA 1,1.0,NA
 * ```
 *
 * @param file folders are made as needed.
 * @param options separator, and whether a file that is there goes on.
 * @returns An operator that passes events on.
 * @throws InvalidArgumentError where the separator isn't one character, or is a quote or line end.
 */
export function csvLogger(file: string, options: CsvLoggerOptions = {}): MonoTypeOperatorFunction<TrainEvent> {
  csvLog({}, options.separator);
  return sideEffect('csvLogger', () => {
    const writer = csvWriter(file, options);
    return {
      next: event => {
        writer.open();
        if (event.type === 'epochEnd') writer.write(event.epoch, event.logs);
      },
      end: writer.close,
    } satisfies Effect<TrainEvent>;
  });
}

export interface CsvWriter {
  /** Idempotent. */
  open(): void;
  write(epoch: number, logs: CsvLogs): void;
  close(): void;
}

/** Owns the file of one log. */
export function csvWriter(path: string, { separator, append = false }: CsvLoggerOptions): CsvWriter {
  const file = growingFile(path, append);
  let log: CsvLog | undefined;
  return {
    open: file.open,
    write(epoch, logs) {
      if (log === undefined) {
        log = csvLog(logs, separator);
        if (append && file.size() > 0) checkColumns(path, log.header);
      }
      file.write((file.size() === 0 ? log.header : '') + log.row(epoch, logs));
    },
    close: file.close,
  };
}

/** As in Keras the columns are those of the first epoch, whatever stands above them: said, since nobody would see it in the file. */
function checkColumns(path: string, header: string): void {
  const [now] = header.split(/\r?\n/, 1);
  const [before] = headOf(path, Buffer.byteLength(header)).split(/\r?\n/, 1);
  if (before === now) return;
  reportProblem(
    'csvLogger',
    `${path} has the columns ${before}, but this run's are ${now}: its lines stand under other names. Give another file.`,
  );
}

/** The first 4 KB of a file, or so many bytes if these are more. */
function headOf(path: string, bytes: number): string {
  const head = Buffer.alloc(Math.max(bytes, 4096));
  const file = openSync(path, 'r');
  try {
    return head.toString('utf8', 0, readSync(file, head, 0, head.length, 0));
  } finally {
    closeSync(file);
  }
}
