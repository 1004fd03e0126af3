import fc from 'fast-check';
import { EMPTY, from, type Observable, of, range, Subject, take, throwError, timer, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { mapOrdered } from '../../operators/mapOrdered.js';
import { marbles } from '../../operators/testing/marbles.js';
import { BufferOverflowError } from '../../src/error/bufferOverflowError.js';
import { InvalidArgumentError } from '../../src/error/invalidArgumentError.js';
import { itKeepsOperatorHabits } from '../helpers/itKeepsOperatorHabits.js';

describe('mapOrdered', () => {
  itKeepsOperatorHabits({
    operator: () => mapOrdered((n: number) => of(10 * n), { concurrency: 2, buffer: 0 }),
    values: { a: 1, b: 2 },
    results: { a: 10, b: 20 },
  });

  it(
    'runs several at one time and emits in the order of the source',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const e1 = cold('  -a-b-c-----------|');
      const a = cold('    ----A|           ');
      const b = cold('      -B|            ');
      const c = cold('        ----C|       ');
      const e1subs = '   ^----------------!';
      const asubs = '    -^----!          ';
      const bsubs = '    ---^-!           ';
      const csubs = '    -----^----!      ';
      const expected = ' ------(AB)C------|';
      const inner = { a, b, c };
      const result = e1.pipe(mapOrdered(name => inner[name as 'a'], { concurrency: 2 }));
      expectObservable(result).toBe(expected);
      expectSubscriptions(e1.subscriptions).toBe(e1subs);
      expectSubscriptions(a.subscriptions).toBe(asubs);
      expectSubscriptions(b.subscriptions).toBe(bsubs);
      expectSubscriptions(c.subscriptions).toBe(csubs);
    }),
  );

  it(
    'completes when the last project has, not before',
    marbles(({ cold, expectObservable }) => {
      const e1 = cold('  a|      ');
      const a = cold('   ----A-| ');
      const expected = ' ------(A|)';
      expectObservable(e1.pipe(mapOrdered(() => a, { concurrency: 1 }))).toBe(expected);
    }),
  );

  it('keeps the order where a result brings the next item in', () => {
    const items = new Subject<string>();
    const slow = new Subject<string>();
    const seen: string[] = [];
    items.pipe(mapOrdered(item => (item === 'a' ? slow : of(item)), { concurrency: 2 })).subscribe(result => {
      seen.push(result);
      if (result === 'a') items.next('c');
    });
    items.next('a');
    items.next('b');
    for (const result of ['a', 'A']) slow.next(result);
    slow.complete();
    expect(seen).toEqual(['a', 'A', 'b', 'c']);
  });

  it(
    'emits an error of one project at once, and unsubscribes from the others and the source',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const e1 = cold('  ab-----|');
      const a = cold('   ------A|');
      const b = cold('    --#    ');
      const subs = '     ^--!    ';
      const expected = ' ---#    ';
      expectObservable(e1.pipe(mapOrdered(name => (name === 'a' ? a : b), { concurrency: 2 }))).toBe(expected);
      expectSubscriptions(e1.subscriptions).toBe(subs);
      expectSubscriptions(a.subscriptions).toBe(subs);
    }),
  );

  it(
    'turns a throw of the project into an error',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const e1 = cold('  --a--|');
      const e1subs = '   ^-!   ';
      const expected = ' --#   ';
      const error = new Error('bad name');
      const throwing = mapOrdered(
        () => {
          throw error;
        },
        { concurrency: 2 },
      );
      expectObservable(e1.pipe(throwing)).toBe(expected, undefined, error);
      expectSubscriptions(e1.subscriptions).toBe(e1subs);
    }),
  );

  it(
    'unsubscribes from what runs when it is unsubscribed',
    marbles(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const e1 = hot('   -a------|');
      const a = cold('    -----A| ');
      const unsub = '    ---!     ';
      const asubs = '    -^-!     ';
      const expected = ' ----     ';
      expectObservable(e1.pipe(mapOrdered(() => a, { concurrency: 1 })), unsub).toBe(expected);
      expectSubscriptions(a.subscriptions).toBe(asubs);
    }),
  );

  it('lets a project give no value, or many', () => {
    const seen: number[] = [];
    const project = (n: number) => (n === 1 ? EMPTY : of(n, n));
    of(0, 1, 2)
      .pipe(mapOrdered(project, { concurrency: 3 }))
      .subscribe(value => seen.push(value));
    expect(seen).toEqual([0, 0, 2, 2]);
  });

  it('hands the index to the project', () => {
    const seen: string[] = [];
    of('a', 'b')
      .pipe(mapOrdered((name, index) => of(`${name}${index}`), { concurrency: 1 }))
      .subscribe(value => seen.push(value));
    expect(seen).toEqual(['a0', 'b1']);
  });

  it.each([1, 3])('goes through thousands that are done at once after one that was not, %d at a time', concurrency => {
    const slow = new Subject<number>();
    const seen: number[] = [];
    let completed = false;
    range(0, 5000)
      .pipe(mapOrdered(n => (n < concurrency ? slow : of(n)), { concurrency, buffer: 5000 }))
      .subscribe({ next: n => seen.push(n), complete: () => (completed = true) });
    expect(seen).toEqual([]);
    slow.next(-1);
    slow.complete();
    expect(completed).toBe(true);
    expect(seen.slice(concurrency)).toEqual(Array.from({ length: 5000 - concurrency }, (_, i) => i + concurrency));
  });

  it('begins none of those that wait after an error or where enough was taken', () => {
    const [slow, begun] = [new Subject<number>(), [] as number[]];
    const project = (n: number): Observable<number> => {
      begun.push(n);
      return n < 2 ? slow : throwError(() => new Error(`${n}`));
    };
    const errors: unknown[] = [];
    range(0, 6)
      .pipe(mapOrdered(project, { concurrency: 2 }))
      .subscribe({ error: error => errors.push(error) });
    range(0, 6)
      .pipe(mapOrdered(project, { concurrency: 2 }), take(1))
      .subscribe();
    slow.next(0);
    slow.complete();
    expect(errors).toEqual([new Error('2')]);
    expect(begun).toEqual([0, 1, 0, 1, 2]);
  });

  it('never runs more than so many, and keeps the order, whatever the projects take', async () => {
    const delays = fc.array(fc.nat(3), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(delays, fc.integer({ min: 1, max: 5 }), async (times, concurrency) => {
        let running = 0;
        let most = 0;
        const project = async (time: number, index: number) => {
          most = Math.max(most, ++running);
          for (let i = 0; i < time; i++) await Promise.resolve();
          running--;
          return index;
        };
        const results = await new Promise<number[]>((resolve, error) =>
          from(times).pipe(mapOrdered(project, { concurrency }), toArray()).subscribe({ next: resolve, error }),
        );
        expect(results).toEqual(times.map((_, index) => index));
        expect(most).toBeLessThanOrEqual(concurrency);
      }),
    );
  });

  it.each([
    { concurrency: 2, buffer: 3, fits: 5 },
    { concurrency: 1, buffer: 0, fits: 1 },
  ])('fails when more than concurrency + buffer are held: $concurrency + $buffer', ({ concurrency, buffer, fits }) => {
    const run = (size: number) => {
      let error: unknown;
      from(Array.from({ length: size }, (_, i) => i))
        .pipe(mapOrdered(() => timer(1000), { concurrency, buffer }))
        .subscribe({ error: given => (error = given) })
        .unsubscribe();
      return error;
    };
    expect(run(fits)).toBeUndefined();
    expect(run(fits + 1)).toBeInstanceOf(BufferOverflowError);
    expect(String(run(fits + 1))).toContain("Raise 'buffer', or pull the items: with paced()");
  });

  it('counts results that wait for their turn', () => {
    let error: unknown;
    const project = (n: number) => (n === 0 ? timer(1000) : of(n));
    of(0, 1, 2, 3)
      .pipe(mapOrdered(project, { concurrency: 2, buffer: 1 }))
      .subscribe({ error: given => (error = given) });
    expect(error).toBeInstanceOf(BufferOverflowError);
  });

  it('takes any number with an infinite buffer', () => {
    const size = 3000;
    let emitted = 0;
    from(Array(size).keys())
      .pipe(mapOrdered(n => of(n), { concurrency: 1, buffer: Number.POSITIVE_INFINITY }))
      .subscribe(() => emitted++);
    expect(emitted).toBe(size);
  });

  it('passes on an error of the source at once', () => {
    const error = new Error('gone');
    let seen: unknown;
    throwError(() => error)
      .pipe(mapOrdered(() => timer(1000), { concurrency: 1 }))
      .subscribe({ error: given => (seen = given) });
    expect(seen).toBe(error);
  });

  it.each([{ concurrency: 0 }, { concurrency: 1.5 }, { concurrency: 1, buffer: -1 }])('refuses %o at once', options => {
    expect(() => mapOrdered(() => EMPTY, options)).toThrow(InvalidArgumentError);
  });
});
