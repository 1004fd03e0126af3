import type { Writable } from 'node:stream';
import type { MonoTypeOperatorFunction } from 'rxjs';
import { eventToJson } from '../src/event/eventJson.js';
import type { TrainEvent } from '../src/event/trainEvent.js';
import { growingFile } from './internal/growingFile.js';
import { sideEffect } from './internal/sideEffect.js';
import { writableSink } from './internal/writableSink.js';

export interface JsonLinesOptions {
  /** Adds to a file that exists. Default: false, the file is begun anew. */
  readonly append?: boolean;
}

/**
 * Writes each event as a line of JSON, to a file or a stream (which stays open). `replay` reads such a file back.
 *
 * ```
 * events:          -a--b--c-|
 * jsonLines(file): -a--b--c-|
 * ```
 *
 * *Backpressure:* a line is written to a file synchronously, which takes microseconds; a stream buffers.
 * *Errors:* those of the source pass through; a target that can't be written is reported on standard error, once.
 *
 * ## Example
 * Events to a file and back
 * ```ts
 * import { of } from 'rxjs';
 * import { jsonLines, replay } from 'gradstream/operators';
 * import { epochEnd, epochStart } from 'gradstream/testing';
 *
 * of(epochStart(), epochEnd()).pipe(jsonLines('events.jsonl')).subscribe();
 * replay('events.jsonl').subscribe(({ type }) => console.log(type)); // epochStart epochEnd
 * ```
 *
 * @param target a file, whose folders are made as needed, or a stream.
 * @param options whether a file that is there goes on.
 * @returns An operator that passes events on.
 */
export function jsonLines(
  target: string | Writable,
  { append = false }: JsonLinesOptions = {},
): MonoTypeOperatorFunction<TrainEvent> {
  return sideEffect('jsonLines', () => {
    if (typeof target === 'string') {
      const file = growingFile(target, append);
      return { next: event => file.write(line(event)), end: file.close };
    }
    const sink = writableSink('jsonLines', target);
    return { next: event => sink.write(line(event)), end: sink.end };
  });
}

const line = (event: TrainEvent): string => `${eventToJson(event)}\n`;
