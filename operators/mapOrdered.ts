import {
  concatMap,
  defer,
  endWith,
  ignoreElements,
  map,
  mergeMap,
  Observable,
  type ObservableInput,
  type OperatorFunction,
  tap,
} from 'rxjs';
import { BufferOverflowError } from '../src/error/bufferOverflowError.js';
import { checkCount } from '../src/error/checkCount.js';

export interface MapOrderedOptions {
  /** Projects that run at one time. */
  readonly concurrency: number;
  /** Items that may be held beside the running ones: inputs that wait, and results that wait for their turn. Default 1024. */
  readonly buffer?: number;
}

/**
 * Maps by an asynchronous function, several at a time, and emits the results in the order of the source.
 *
 * ```
 * source:    -a-b-c-----------|
 *            mapOrdered(project, { concurrency: 2 })
 * a:          ----A|
 * b:            -B|
 * c:              ----C|             begins when b has ended
 * result:    -----(AB)-C------|
 * ```
 *
 * *Backpressure:* none: an Observable can't be slowed down. What it holds is bounded by `concurrency + buffer`; one item
 * more is an error. Where the source can be pulled, let it be pulled: `paced`, or a source of kind `indexed`.
 *
 * *Errors:* of the source and of `project` are emitted at once, and what runs is unsubscribed. BufferOverflowError where
 * the source is faster than the projects for too long.
 *
 * ## Example
 * File sizes, eight files at a time
 * ```ts
 * import { stat } from 'node:fs/promises';
 * import { of } from 'rxjs';
 * import { mapOrdered } from 'gradstream/operators';
 *
 * of('.', 'package.json')
 *   .pipe(mapOrdered(file => stat(file), { concurrency: 8 }))
 *   .subscribe(({ size }) => console.log(size));
 * ```
 *
 * @param project gives a promise or Observable for one item; its values are emitted when it has completed and its turn
 * has come.
 * @param options bounds.
 * @returns An operator whose results come in source order.
 * @throws InvalidArgumentError where a bound can't be meant.
 */
export function mapOrdered<T, R>(
  project: (value: T, index: number) => ObservableInput<R>,
  { concurrency, buffer = 1024 }: MapOrderedOptions,
): OperatorFunction<T, R> {
  checkCount('mapOrdered', { concurrency }, 1);
  if (buffer !== Number.POSITIVE_INFINITY) checkCount('mapOrdered', { buffer });
  const capacity = concurrency + buffer;
  return source =>
    defer(() => {
      /** Accepted and not delivered, in source order. */
      const tasks: Task<T, R>[] = [];
      const accept = (value: T, index: number): Task<T, R> => {
        if (tasks.length === capacity) throw overflow(concurrency, buffer);
        const task = { value, index, results: [], done: false };
        tasks.push(task);
        return task;
      };
      let delivering = false;
      // A result that brings in items which are done at once leaves theirs to the delivery that is under way.
      function* deliver(): Generator<R> {
        if (delivering) return;
        delivering = true;
        while (tasks[0]?.done) yield* (tasks.shift() as Task<T, R>).results;
        delivering = false;
      }
      const waiting: Begin[] = [];
      let running = 0;
      let beginning = false;
      // Not `mergeMap`'s own limit: each project that ends at once would begin the next one deeper in the stack.
      const beginNext = (): void => {
        if (beginning) return;
        beginning = true;
        while (running < concurrency && waiting.length > 0) (waiting.shift() as Begin)();
        beginning = false;
      };
      const results = (task: Task<T, R>): Observable<R> =>
        defer(() => project(task.value, task.index)).pipe(
          tap({
            next: result => task.results.push(result),
            complete: () => {
              task.done = true;
            },
          }),
          ignoreElements(),
          endWith(undefined),
          concatMap(deliver),
          tap({
            complete: () => {
              running--;
              beginNext();
            },
          }),
        );
      const run = (task: Task<T, R>): Observable<R> =>
        new Observable(subscriber => {
          waiting.push(() => {
            if (subscriber.closed) return;
            running++;
            results(task).subscribe(subscriber);
          });
          beginNext();
        });
      return source.pipe(map(accept), mergeMap(run));
    });
}

/** Begins a project, unless nobody waits for its results any more. */
type Begin = () => void;

interface Task<T, R> {
  readonly value: T;
  readonly index: number;
  readonly results: R[];
  done: boolean;
}

const overflow = (concurrency: number, buffer: number): BufferOverflowError =>
  new BufferOverflowError(
    `mapOrdered: more than ${concurrency + buffer} items came in before their results could go out ` +
      `(concurrency ${concurrency}, buffer ${buffer}). Raise 'buffer', or pull the items: with paced(), or as a source of kind 'indexed'.`,
  );
