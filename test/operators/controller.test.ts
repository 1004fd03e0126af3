import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { controller } from '../../operators/controller.js';
import { epochEnd } from '../../operators/testing/events.js';
import { marbles } from '../../operators/testing/marbles.js';
import type { Directive } from '../../src/event/directive.js';
import type { TrainEvent } from '../../src/event/trainEvent.js';
import type { Policy } from '../../src/policy/policy.js';
import { itKeepsOperatorHabits } from '../helpers/itKeepsOperatorHabits.js';

const stop = (reason: string): Directive => ({ type: 'stop', by: 'test', reason });

/** Asks to stop at each event, and says how many there were. */
const counting: Policy<number> = {
  key: 'counting',
  init: () => 0,
  update: count => [count + 1, [stop(`${count + 1}`)]],
};

/** Stops when the loss was no better than the best one so often. */
const patient = (patience: number): Policy<{ best: number | null; wait: number }> => ({
  key: 'patient',
  init: () => ({ best: null, wait: 0 }),
  update: ({ best, wait }, event) => {
    const loss = event.type === 'epochEnd' ? event.logs.loss : Number.NaN;
    if (best === null || loss < best) return [{ best: loss, wait: 0 }, []];
    return [{ best, wait: wait + 1 }, wait + 1 === patience ? [stop('no better')] : []];
  },
});

const [a, b, c, d] = [1, 0.5, 0.6, 0.7].map((loss, epoch) => epochEnd({ epoch, logs: { loss } }));

describe('controller', () => {
  itKeepsOperatorHabits<TrainEvent, Directive>({
    operator: () => controller(counting),
    values: { a, b },
    results: { a: stop('1'), b: stop('2') },
  });

  it(
    'answers in the same tick as the event',
    marbles(({ cold, expectObservable }) => {
      const e1 = cold('  -a-b-c-d-|', { a, b, c, d });
      const expected = ' -------s-|';
      expectObservable(e1.pipe(controller(patient(2)))).toBe(expected, { s: stop('no better') });
    }),
  );

  it(
    'turns a throw of the policy into an error',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const e1 = cold('  -a-b-|', { a, b });
      const e1subs = '   ^!    ';
      const expected = ' -#    ';
      const error = new Error("no 'val_loss'");
      const update = (): never => {
        throw error;
      };
      expectObservable(e1.pipe(controller({ ...counting, update }))).toBe(expected, undefined, error);
      expectSubscriptions(e1.subscriptions).toBe(e1subs);
    }),
  );

  it('begins with the state that it is given, and tells each new one before its directives', () => {
    const log: unknown[] = [];
    const events = new Subject<TrainEvent>();
    events
      .pipe(controller(counting, { state: 5, onState: state => log.push(state) }))
      .subscribe(directive => log.push(directive));
    events.next(a);
    events.next(b);
    expect(log).toEqual([6, stop('6'), 7, stop('7')]);
  });

  it('goes on from any state as an unbroken run does', () => {
    const run = (events: readonly TrainEvent[], state?: { best: number | null; wait: number }) => {
      const directives: Directive[] = [];
      let last = state;
      const source = new Subject<TrainEvent>();
      const options = { ...(state && { state }), onState: (next: NonNullable<typeof state>) => (last = next) };
      source.pipe(controller(patient(2), options)).subscribe(directive => directives.push(directive));
      for (const event of events) source.next(event);
      return { directives, last };
    };
    const events = [a, b, c, d];
    const whole = run(events);
    for (let cut = 0; cut <= events.length; cut++) {
      const before = run(events.slice(0, cut));
      const after = run(events.slice(cut), before.last);
      expect([...before.directives, ...after.directives]).toEqual(whole.directives);
    }
  });

  it('lets an event that a directive causes wait until all directives before it are out', () => {
    const events = new Subject<TrainEvent>();
    const twice: Policy<number> = { ...counting, update: n => [n + 1, [stop(`${n}a`), stop(`${n}b`)]] };
    const reasons: string[] = [];
    events.pipe(controller(twice)).subscribe(directive => {
      if (directive.type === 'stop') reasons.push(directive.reason);
      if (reasons.length === 1) events.next(b);
    });
    events.next(a);
    expect(reasons).toEqual(['0a', '0b', '1a', '1b']);
  });
});
