import { from } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { marbles } from '../../../operators/testing/marbles.js';
import { inCalls } from '../../../pipelines/training/inCalls.js';

const values = { x: ['a', 'b'], y: ['c', 'd'], z: ['e'] };
const pairs = () => inCalls<string>(batches => batches % 2 === 0);

describe('inCalls', () => {
  it.each([
    ['never', '-', '-'],
    ['empty', '--|', '--|'],
    ['one', '-e-|', '---(z|)'],
    ['many', '-a-b-c-d-|', '---x---y-|'],
    ['a rest', '-a-b-e-|', '---x---(z|)'],
    ['a source error', '-a-b-e-#', '---x---(z#)'],
  ])('%s', (_, source, expected) =>
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold(source).pipe(pairs())).toBe(expected, values);
    })(),
  );

  it(
    'passes on what the function throws',
    marbles(({ cold, expectObservable }) => {
      const failing = inCalls<string>(batches => {
        if (batches === 2) throw new Error('no');
        return false;
      });
      expectObservable(cold('-a-b-c-|').pipe(failing)).toBe('---(x#)', values, new Error('no'));
    }),
  );

  it(
    'unsubscribes early, and counts anew for each subscription',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('-a-b-c-d-|');
      const result = source.pipe(pairs());
      expectObservable(result, '^---!').toBe('---x', values);
      expectObservable(result, '-^').toBe('----x---y-|', values);
      expectSubscriptions(source.subscriptions).toBe(['^---!', '-^--------!']);
    }),
  );

  it('ends a group wherever it is told to', () => {
    const sizes: number[] = [];
    from('abcdefg')
      .pipe(inCalls(batches => batches === 1 || batches === 4))
      .subscribe(({ length }) => sizes.push(length));
    expect(sizes).toEqual([1, 3, 3]);
  });
});
