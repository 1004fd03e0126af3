import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { history } from '../../operators/history.js';
import { epochEnd, runEnd, runStart, stepEvent } from '../../operators/testing/events.js';

const scheduler = () => new TestScheduler((actual, expected) => expect(actual).toEqual(expected));

describe('history', () => {
  const events = {
    r: runStart(),
    s: stepEvent(),
    a: epochEnd({ epoch: 0, logs: { loss: 2 } }),
    b: epochEnd({ epoch: 1, logs: { loss: 1, val_loss: 3 } }),
    z: runEnd(),
  };
  const whole = {
    x: { epoch: [0], history: { loss: [2] } },
    y: { epoch: [0, 1], history: { loss: [2, 1], val_loss: [3] } },
  };

  it("emits one list a name at each epoch's end", () => {
    scheduler().run(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('    -r-s-a-s-b-z-|', events);
      const subscription = ' ^------------!';
      expectObservable(source.pipe(history())).toBe('-----x---y---|', whole);
      expectSubscriptions(source.subscriptions).toBe(subscription);
    });
  });

  it('begins afresh for each subscriber, and passes an error on', () => {
    scheduler().run(({ cold, expectObservable }) => {
      const result = cold('-a-b-#', events).pipe(history());
      expectObservable(result).toBe('-x-y-#', whole);
      expectObservable(result).toBe('-x-y-#', whole);
    });
  });

  it('ends a run without a whole epoch by an empty record, so that whoever waits for the last one has it', () => {
    scheduler().run(({ cold, expectObservable }) => {
      expectObservable(cold('-r-s-z|', events).pipe(history())).toBe('------(e|)', { e: { epoch: [], history: {} } });
      expectObservable(cold('-r-s-#', events).pipe(history())).toBe('-----#');
    });
  });
});
