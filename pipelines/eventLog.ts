import { closeSync, existsSync, fstatSync, ftruncateSync, openSync, readSync } from 'node:fs';
import type { MonoTypeOperatorFunction } from 'rxjs';
import { type GrowingFile, growingFile } from '../operators/internal/growingFile.js';
import { reportProblem, sideEffect } from '../operators/internal/sideEffect.js';
import { eventToJson } from '../src/event/eventJson.js';
import type { TrainEvent } from '../src/event/trainEvent.js';
import { UnbrokenEvents } from '../src/event/unbrokenEvents.js';

/**
 * Keeps the events of a run that may be killed and resumed, as `jsonLines` does. Where the run is resumed, the file is
 * first cut back to the snapshot, and the `runStart` of the resumption is left out: so the finished file has the events of
 * an unbroken run, but for times. A run from the beginning begins the file anew.
 *
 * ```
 * killed:              -R-e-s-s-s-s     R: runStart, the snapshot is taken after the second s
 * resumed:             -R-s-s-E-|
 *                      eventLog(file)
 * file:                 R e s s s s E
 * ```
 *
 * *Backpressure:* a line is written synchronously, which takes microseconds.
 * *Errors:* those of the source pass through; a file that can't be written is reported on standard error, once.
 *
 * ## Example
 * Beside a run's snapshots: `train({ …, snapshots: folderStore('run'), resume: true })` in place of `of(…)`
 * ```ts
 * import { of } from 'rxjs';
 * import { eventLog } from 'gradstream/pipelines';
 * import { epochEnd, runStart } from 'gradstream/testing';
 *
 * of(runStart(), epochEnd()).pipe(eventLog('run/events.jsonl')).subscribe();
 * ```
 *
 * @param path folders are made as needed.
 * @returns An operator that passes events on.
 */
export function eventLog(path: string): MonoTypeOperatorFunction<TrainEvent> {
  return sideEffect('eventLog', () => {
    const unbroken = new UnbrokenEvents();
    let file: GrowingFile | undefined;
    return {
      next(event) {
        if (event.type === 'runStart') {
          const { resumedFrom } = event;
          if (resumedFrom !== null) cutBack(path, resumedFrom.events);
          file?.close();
          file = growingFile(path, resumedFrom !== null);
        }
        if (unbroken.includes(event)) file?.write(`${eventToJson(event)}\n`);
      },
      end: () => file?.close(),
    };
  });
}

/** Leaves the first lines of a file. */
function cutBack(path: string, lines: number): void {
  if (!existsSync(path)) {
    reportProblem('eventLog', `${path} is gone; it begins anew with the resumed run's events.`);
    return;
  }
  const file = openSync(path, 'r+');
  try {
    const { bytes, found } = endOfLines(file, lines);
    if (found < lines) {
      reportProblem('eventLog', `${path} lacks ${lines - found} of the ${lines} events before the checkpoint.`);
    }
    ftruncateSync(file, bytes);
  } finally {
    closeSync(file);
  }
}

const CHUNK = 1 << 20;
const NEWLINE = 10;

/** Where so many lines end, or the last whole one where there are fewer. */
function endOfLines(file: number, lines: number): { readonly bytes: number; readonly found: number } {
  const buffer = Buffer.alloc(Math.min(CHUNK, fstatSync(file).size));
  let [bytes, found] = [0, 0];
  for (let at = 0, size = 1; size > 0 && found < lines; at += size) {
    size = readSync(file, buffer, 0, buffer.length, at);
    for (let i = buffer.indexOf(NEWLINE); i >= 0 && i < size && found < lines; i = buffer.indexOf(NEWLINE, i + 1)) {
      found++;
      bytes = at + i + 1;
    }
  }
  return { bytes, found };
}
