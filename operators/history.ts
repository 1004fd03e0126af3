import { defaultIfEmpty, filter, type OperatorFunction, scan } from 'rxjs';
import type { EpochEnd, TrainEvent } from '../src/event/trainEvent.js';

/** Keras's History: one list a name, one value an epoch. */
export interface History {
  /** Numbers of the epochs, counted from 0. */
  readonly epoch: readonly number[];
  readonly history: Readonly<Record<string, readonly number[]>>;
}

/**
 * Folds the logs of the epochs into one record of lists. Emits at each epoch's end; the last value is the whole. A resumed run has the
 * epochs that were left: `replay` of its log has them all. One in which no epoch ends, since it was stopped or over already, gives an
 * empty record when it is over, as Keras's `fit` does.
 *
 * ```
 * events:    -s-s-e--s-s-e-|
 * history(): -----1------2-|
 * ```
 *
 * *Backpressure:* none of its own: it is as quick as its observer.
 *
 * *Errors:* those of the source pass through.
 *
 * ## Example
 * What a whole run's losses were
 * ```ts
 * import { last, of } from 'rxjs';
 * import { history } from 'gradstream/operators';
 * import { epochEnd } from 'gradstream/testing';
 *
 * of(epochEnd({ epoch: 0, logs: { loss: 2 } }), epochEnd({ epoch: 1, logs: { loss: 1 } }))
 *   .pipe(history(), last())
 *   .subscribe(({ history: { loss } }) => console.log(loss)); // [ 2, 1 ]
 * ```
 *
 * @returns An operator from events to the record of all epochs so far.
 */
export function history(): OperatorFunction<TrainEvent, History> {
  return source =>
    source.pipe(
      filter((event): event is EpochEnd => event.type === 'epochEnd'),
      scan(withEpoch, EMPTY),
      defaultIfEmpty(EMPTY),
    );
}

const EMPTY: History = { epoch: [], history: {} };

function withEpoch({ epoch, history }: History, event: EpochEnd): History {
  const lists = { ...history };
  for (const [name, value] of Object.entries(event.logs)) lists[name] = [...(history[name] ?? []), value];
  return { epoch: [...epoch, event.epoch], history: lists };
}
