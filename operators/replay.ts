import { createReadStream } from 'node:fs';
import { from, type Observable } from 'rxjs';
import { FileFormatError } from '../src/error/fileFormatError.js';
import { eventFromJson } from '../src/event/eventJson.js';
import type { TrainEvent } from '../src/event/trainEvent.js';
import { reportProblem } from './internal/sideEffect.js';

/**
 * The events of a file that `jsonLines` wrote, as the run gave them. Cold: each subscription reads the file afresh. A last
 * line without its end was cut off by a crash; it is left out, which is said on standard error.
 *
 * ```
 * replay(file): abc|
 * ```
 *
 * *Backpressure:* none; a file of events is read as fast as it is consumed synchronously.
 * *Errors:* a file that can't be read; a `FileFormatError` with the line's number where a line is no event.
 *
 * ## Example
 * The epochs of a run that is over, as a table
 * ```ts
 * import { of } from 'rxjs';
 * import { csvLogger, jsonLines, replay } from 'gradstream/operators';
 * import { epochEnd } from 'gradstream/testing';
 *
 * of(epochEnd()).pipe(jsonLines('events.jsonl')).subscribe();
 * replay('events.jsonl').pipe(csvLogger('log.csv')).subscribe();
 * ```
 *
 * @param file of one event a line.
 * @returns The events, in the order in which they were written.
 */
export function replay(file: string): Observable<TrainEvent> {
  return from(iterable(() => readEvents(file)));
}

/** `from` takes one iterator of an async iterable at each subscription; a generator object would serve only once. */
const iterable = <T>(start: () => AsyncGenerator<T>): AsyncIterable<T> => ({ [Symbol.asyncIterator]: start });

async function* readEvents(file: string): AsyncGenerator<TrainEvent> {
  let rest = '';
  let line = 0;
  for await (const chunk of createReadStream(file, 'utf8')) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const text of lines) {
      line++;
      // Some editors begin a file with a byte order mark.
      const json = line === 1 ? text.replace(/^\uFEFF/, '') : text;
      if (json.trim() !== '') yield parse(json, file, line);
    }
  }
  if (rest !== '') reportProblem('replay', `${file}, line ${line + 1} was cut off while it was written; left out.`);
}

function parse(text: string, file: string, line: number): TrainEvent {
  try {
    return eventFromJson(text);
  } catch (error) {
    throw new FileFormatError(`${file}, line ${line}: ${(error as Error).message}.`, { cause: error });
  }
}
