import { defer, finalize, type MonoTypeOperatorFunction, tap } from 'rxjs';

/** What an observer does with a stream: one of these is made for each subscription. */
export interface Effect<T> {
  next(value: T): void;
  /** Once: at completion or an error, before anybody else is told of it, or at unsubscription. */
  end?(): void;
}

/**
 * Passes a stream on unchanged and shows each value to an effect before. An effect that throws must not disturb the run
 * it looks at: its error is reported on standard error, once, and it is shown the later values all the same.
 *
 * ```
 * source:           -a--b--c|
 * sideEffect(name): -a--b--c|
 * ```
 *
 * *Backpressure:* the effect is called synchronously; it must return at once.
 * *Errors:* those of the source pass through.
 *
 * @param name of the operator, for the report
 */
export function sideEffect<T>(name: string, start: () => Effect<T>): MonoTypeOperatorFunction<T> {
  return source =>
    defer(() => {
      let reported = false;
      const guarded = <Result>(call: () => Result): Result | undefined => {
        try {
          return call();
        } catch (error) {
          if (!reported) reportProblem(name, error);
          reported = true;
          return undefined;
        }
      };
      const effect = guarded(start);
      let ended = false;
      const end = (): void => {
        if (!ended) guarded(() => effect?.end?.());
        ended = true;
      };
      return source.pipe(
        tap({ next: value => guarded(() => effect?.next(value)), complete: end, error: end }),
        finalize(end),
      );
    });
}

/** One line on standard error: what an observer could not do while the run goes on. Where nobody reads it, it goes on too. */
export function reportProblem(name: string, problem: unknown): void {
  const { stderr } = process;
  const ignore = (): void => {};
  stderr.on('error', ignore);
  stderr.write(`gradstream: ${name}: ${problem instanceof Error ? problem.message : String(problem)}\n`);
  setImmediate(() => stderr.off('error', ignore));
}
