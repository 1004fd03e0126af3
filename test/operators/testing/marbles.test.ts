import { map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { marbles } from '../../../operators/testing/marbles.js';

describe('marbles', () => {
  it('runs in virtual time and compares deeply', () => {
    const test = (result: number) =>
      marbles(({ cold, expectObservable }) => {
        const e1 = cold('  -a 999ms b|', { a: { n: 1 }, b: { n: 2 } });
        const expected = ' -a 999ms b|';
        const deep = e1.pipe(map(({ n }) => ({ n: 10 * n })));
        expectObservable(deep).toBe(expected, { a: { n: 10 }, b: { n: result } });
      });
    expect(test(20)).not.toThrow();
    expect(test(21)).toThrow();
  });

  it('fails where nothing is expected', () => {
    expect(marbles(() => {})).toThrow('expects nothing');
  });

  it('fails where an expectation does not say what is expected', () => {
    const test = marbles(({ cold, expectObservable }) => {
      expectObservable(cold('a|')).toEqual(cold('a|'));
      expectObservable(cold('#'));
    });
    expect(test).toThrow('Of 2 expectations in this marble test 1 do not say what');
  });

  it('counts an expectation about subscriptions', () => {
    const test = marbles(({ cold, expectSubscriptions }) => expectSubscriptions(cold('a|').subscriptions).toBe([]));
    expect(test).not.toThrow();
  });
});
