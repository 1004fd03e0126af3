import { catchError, concat, defer, filter, map, type OperatorFunction, throwError } from 'rxjs';

/**
 * Puts together the batches that are trained on in one call of the learner.
 *
 * ```
 * batches:   -a-b-c-d-e-|
 *            inCalls(batches => batches % 2 === 0)
 * result:    ---x---y---(z|)      x: a b, y: c d, z: e
 * ```
 *
 * *Errors:* passed on after the batches that came before.
 *
 * @param endsAfter whether a call ends after so many batches, counted from the subscription on.
 */
export function inCalls<B>(endsAfter: (batches: number) => boolean): OperatorFunction<B, readonly B[]> {
  return batches =>
    defer(() => {
      let taken = 0;
      let open: B[] = [];
      const cut = (): readonly B[] => {
        const whole = open;
        open = [];
        return whole;
      };
      const whole = batches.pipe(
        filter(batch => {
          open.push(batch);
          return endsAfter(++taken);
        }),
        map(cut),
      );
      const rest = defer(() => (open.length === 0 ? [] : [cut()]));
      const passOn = (error: unknown) =>
        concat(
          rest,
          throwError(() => error),
        );
      return concat(whole.pipe(catchError(passOn)), rest);
    });
}
