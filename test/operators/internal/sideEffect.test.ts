import { type Observable, of, Subject, take, throwError } from 'rxjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { sideEffect } from '../../../operators/internal/sideEffect.js';

describe('sideEffect', () => {
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  afterEach(() => stderr.mockClear());

  const seen = <T>(run: (next: (value: T) => void) => void): T[] => {
    const values: T[] = [];
    run(value => values.push(value));
    return values;
  };

  it('passes every value on, also when the effect throws, and says so once', () => {
    const effect = vi.fn(() => {
      throw new Error('disk full');
    });
    expect(
      seen<number>(next =>
        of(1, 2, 3)
          .pipe(sideEffect('logger', () => ({ next: effect })))
          .subscribe(next),
      ),
    ).toEqual([1, 2, 3]);
    expect(effect).toHaveBeenCalledTimes(3);
    expect(stderr.mock.calls).toEqual([['gradstream: logger: disk full\n']]);
  });

  it('passes every value on when the effect cannot even be made', () => {
    const broken = () => {
      throw new Error('no file');
    };
    expect(seen<number>(next => of(1, 2).pipe(sideEffect('logger', broken)).subscribe(next))).toEqual([1, 2]);
    expect(stderr).toHaveBeenCalledTimes(1);
  });

  it.each(['complete', 'error', 'unsubscribe'] as const)('ends the effect once on %s', how => {
    const end = vi.fn();
    const source = new Subject<number>();
    const subscription = source
      .pipe(sideEffect('logger', () => ({ next: () => {}, end })))
      .subscribe({ error: () => {} });
    source.next(1);
    expect(end).not.toHaveBeenCalled();
    if (how === 'unsubscribe') subscription.unsubscribe();
    else source[how](undefined as never);
    expect(end).toHaveBeenCalledTimes(1);
    expect(source.observed).toBe(false);
  });

  it.each<[string, Observable<number>, string]>([
    ['completion', of(1), 'complete'],
    ['an error', throwError(() => 'failed'), 'error'],
  ])('ends the effect before %s is told', (_, source, told) => {
    const log: string[] = [];
    source.pipe(sideEffect('logger', () => ({ next: () => {}, end: () => log.push('end') }))).subscribe({
      complete: () => log.push('complete'),
      error: () => log.push('error'),
    });
    expect(log).toEqual(['end', told]);
  });

  it('makes one effect a subscription, and none before', () => {
    const start = vi.fn(() => ({ next: () => {} }));
    const result = of(1).pipe(sideEffect('logger', start));
    expect(start).not.toHaveBeenCalled();
    result.subscribe();
    result.pipe(take(1)).subscribe();
    expect(start).toHaveBeenCalledTimes(2);
  });

  it("passes the source's error on", () => {
    const errors: unknown[] = [];
    throwError(() => 'no')
      .pipe(sideEffect('logger', () => ({ next: () => {} })))
      .subscribe({ error: e => errors.push(e) });
    expect(errors).toEqual(['no']);
  });
});
