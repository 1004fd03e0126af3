import { mergeMap, Observable, type OperatorFunction, of, take } from 'rxjs';
import { expect, it } from 'vitest';
import { marbles } from '../../operators/testing/marbles.js';

export interface OperatorHabits<T, R> {
  /** Makes the operator anew; one that emits in the tick of its input. */
  readonly operator: () => OperatorFunction<T, R>;
  /** Inputs by their letter. */
  readonly values: Readonly<Record<'a' | 'b', T>>;
  /** What `a` and `b` become, by their letter. */
  readonly results: Readonly<Record<'a' | 'b', R>>;
}

/**
 * What every operator owes whatever it does: the cases of RxJS's own specs, for an operator that gives one result for
 * one input, at once.
 */
export function itKeepsOperatorHabits<T, R>({ operator, values, results }: OperatorHabits<T, R>): void {
  it(
    'never ends for a source that never ends',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const e1 = cold('  -');
      const e1subs = '   ^';
      const expected = ' -';
      expectObservable(e1.pipe(operator() as OperatorFunction<unknown, R>)).toBe(expected);
      expectSubscriptions(e1.subscriptions).toBe(e1subs);
    }),
  );

  it(
    'completes at once for an empty source',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const e1 = cold('  |');
      const e1subs = '   (^!)';
      const expected = ' |';
      expectObservable(e1.pipe(operator() as OperatorFunction<unknown, R>)).toBe(expected);
      expectSubscriptions(e1.subscriptions).toBe(e1subs);
    }),
  );

  it(
    'handles one value',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const e1 = cold('  --a--|', values);
      const e1subs = '   ^----!';
      const expected = ' --a--|';
      expectObservable(e1.pipe(operator())).toBe(expected, results);
      expectSubscriptions(e1.subscriptions).toBe(e1subs);
    }),
  );

  it(
    'handles many values',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const e1 = cold('  -a-b|', values);
      const e1subs = '   ^---!';
      const expected = ' -a-b|';
      expectObservable(e1.pipe(operator())).toBe(expected, results);
      expectSubscriptions(e1.subscriptions).toBe(e1subs);
    }),
  );

  it(
    'passes on an error of the source',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const e1 = cold('  -a-#', values);
      const e1subs = '   ^--!';
      const expected = ' -a-#';
      expectObservable(e1.pipe(operator())).toBe(expected, results);
      expectSubscriptions(e1.subscriptions).toBe(e1subs);
    }),
  );

  it(
    'unsubscribes early from the source',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const e1 = hot('   -a--b--|', values);
      const unsub = '    --!     ';
      const e1subs = '   ^-!     ';
      const expected = ' -a-     ';
      expectObservable(e1.pipe(operator()), unsub).toBe(expected, results);
      expectSubscriptions(e1.subscriptions).toBe(e1subs);
    }),
  );

  it(
    'does not break unsubscription chains',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const e1 = hot('   -a--b--|', values);
      const unsub = '    --!     ';
      const e1subs = '   ^-!     ';
      const expected = ' -a-     ';
      const chain = e1.pipe(
        mergeMap(value => of(value)),
        operator(),
        mergeMap(value => of(value)),
      );
      expectObservable(chain, unsub).toBe(expected, results);
      expectSubscriptions(e1.subscriptions).toBe(e1subs);
    }),
  );

  it(
    'gives each subscription a state of its own',
    marbles(({ cold, expectObservable }) => {
      const e1 = cold('      -a-b|', values);
      const secondSubs = '   --^';
      const expected = '     -a-b|';
      const expectedSecond = '---a-b|';
      const shared = e1.pipe(operator());
      expectObservable(shared).toBe(expected, results);
      expectObservable(shared, secondSubs).toBe(expectedSecond, results);
    }),
  );

  it('stops listening to a synchronous source when it is unsubscribed', () => {
    const sent: number[] = [];
    const firehose = new Observable<T>(subscriber => {
      for (let i = 0; !subscriber.closed && i < 10; i++) {
        sent.push(i);
        subscriber.next(i % 2 === 0 ? values.a : values.b);
      }
    });
    firehose.pipe(operator(), take(3)).subscribe();
    expect(sent).toEqual([0, 1, 2]);
  });
}
