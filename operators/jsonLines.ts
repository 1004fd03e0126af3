import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Writable } from 'node:stream';
import type { MonoTypeOperatorFunction } from 'rxjs';
import { eventToJson } from '../src/event/eventJson.js';
import type { TrainEvent } from '../src/event/trainEvent.js';
import { sideEffect } from './internal/sideEffect.js';

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
 * *Errors:* those of the source pass through; a file that can't be written is reported on standard error, once.
 *
 * @example
 * run$.pipe(jsonLines('runs/events.jsonl')).subscribe();
 */
export function jsonLines(
  target: string | Writable,
  { append = false }: JsonLinesOptions = {},
): MonoTypeOperatorFunction<TrainEvent> {
  return sideEffect('jsonLines', () => {
    if (typeof target !== 'string') return { next: event => void target.write(`${eventToJson(event)}\n`) };
    let descriptor: number | undefined;
    const open = (): number => {
      mkdirSync(dirname(target), { recursive: true });
      return openSync(target, append ? 'a' : 'w');
    };
    return {
      next(event) {
        descriptor ??= open();
        writeFileSync(descriptor, `${eventToJson(event)}\n`);
      },
      end() {
        if (descriptor !== undefined) closeSync(descriptor);
      },
    };
  });
}
