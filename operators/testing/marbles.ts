import { deepStrictEqual } from 'node:assert/strict';
import { TestScheduler } from 'rxjs/testing';

/** What RxJS's `TestScheduler` hands to a test: `hot`, `cold`, `expectObservable`, `expectSubscriptions`, `time`, … */
export type MarbleHelpers = Parameters<Parameters<TestScheduler['run']>[0]>[0];

/**
 * Makes the body of one marble test, for any test runner. Time is virtual, the scheduler is fresh, and values are
 * compared deeply.
 *
 * ## Example
 * ```ts
 * import { map } from 'rxjs';
 * import { marbles } from 'gradstream/testing';
 *
 * const test = marbles(({ cold, expectObservable }) => {
 *   const source = cold('  -a-b-|', { a: 1, b: 2 });
 *   const expected = '     -a-b-|';
 *   expectObservable(source.pipe(map(x => 10 * x))).toBe(expected, { a: 10, b: 20 });
 * });
 * test(); // or: it('multiplies', test)
 * ```
 *
 * @param test sets up sources and expectations; they are compared when it has returned.
 * @returns A function that runs the test, and throws where an expectation fails or where there is none.
 */
export function marbles(test: (helpers: MarbleHelpers) => void): () => void {
  return () => {
    let [begun, stated] = [0, 0];
    const counted =
      <Arguments extends unknown[], Expectation extends object>(expect: (...given: Arguments) => Expectation) =>
      (...given: Arguments): Expectation => {
        begun++;
        const stating = Object.entries(expect(...given)).map(([name, state]) => [
          name,
          (...expected: unknown[]) => {
            stated++;
            return state(...expected);
          },
        ]);
        return Object.fromEntries(stating);
      };
    const scheduler = new TestScheduler((actual, expected) => deepStrictEqual(actual, expected));
    scheduler.run(helpers => {
      const { expectObservable, expectSubscriptions } = helpers;
      test({
        ...helpers,
        expectObservable: counted(expectObservable),
        expectSubscriptions: counted(expectSubscriptions),
      });
    });
    if (begun === 0) {
      throw new Error('This marble test expects nothing. Call expectObservable(…) or expectSubscriptions(…) in it.');
    }
    if (stated < begun) {
      throw new Error(
        `Of ${begun} expectations in this marble test ${begun - stated} do not say what: end each with .toBe(…) or .toEqual(…).`,
      );
    }
  };
}
