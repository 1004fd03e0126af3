import {
  catchError,
  concat,
  defer,
  finalize,
  from,
  ignoreElements,
  type MonoTypeOperatorFunction,
  mergeMap,
  throwError,
} from 'rxjs';

/**
 * Frees what a stream has used, once, before it completes or fails.
 *
 * ```
 * source:           -a-b-|
 * freedAtEnd(free): -a-b----|      freed
 * ```
 *
 * *Backpressure:* none needed; values pass in the same tick.
 *
 * *Errors:* what `free` fails with, unless the source has failed before: the first error counts. After unsubscribing nobody is
 * there to be told.
 */
export const freedAtEnd =
  <T>(free: () => Promise<void>): MonoTypeOperatorFunction<T> =>
  source =>
    defer(() => {
      let freed: Promise<void> | undefined;
      const freeOnce = (): Promise<void> => {
        freed ??= free();
        return freed;
      };
      const tried = (): Promise<void> => freeOnce().catch(() => {});
      return concat(
        source.pipe(catchError(error => from(tried()).pipe(mergeMap(() => throwError(() => error))))),
        defer(freeOnce).pipe(ignoreElements()),
      ).pipe(finalize(tried));
    });
