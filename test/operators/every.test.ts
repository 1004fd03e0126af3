import { describe, expect, it } from 'vitest';
import { every } from '../../operators/every.js';
import { epochEnd, stepEvent } from '../../operators/testing/events.js';
import { marbles } from '../../operators/testing/marbles.js';
import { InvalidArgumentError } from '../../src/error/invalidArgumentError.js';
import type { TrainEvent } from '../../src/event/trainEvent.js';
import { itKeepsOperatorHabits } from '../helpers/itKeepsOperatorHabits.js';

const step = (iterations: number) => stepEvent({ iterations, time: 10 * iterations });
const events = { 1: step(1), 2: step(2), 3: step(3), 4: step(4), e: epochEnd({ epoch: 0 }), f: epochEnd({ epoch: 1 }) };

describe.each([
  ['epochs', () => every({ epochs: 1 }), epochEnd({ epoch: 0 }), epochEnd({ epoch: 1 })],
  ['steps', () => every({ steps: 1 }), step(1), step(2)],
  ['ms', () => every({ ms: 10 }), step(1), step(2)],
] as const)('every({ %s })', (_name, operator, a, b) => {
  itKeepsOperatorHabits<TrainEvent, TrainEvent>({ operator, values: { a, b }, results: { a, b } });
});

describe('every', () => {
  it(
    'passes the ends of every second epoch',
    marbles(({ cold, expectObservable }) => {
      const e1 = cold('  -1-2-e-3-4-f-|', events);
      const expected = ' -----------f-|';
      expectObservable(e1.pipe(every({ epochs: 2 }))).toBe(expected, events);
    }),
  );

  it(
    'passes every third step, counted from the run’s beginning',
    marbles(({ cold, expectObservable }) => {
      const e1 = cold('  -2-e-3-4-f-|', events);
      const expected = ' -----3-----|';
      expectObservable(e1.pipe(every({ steps: 3 }))).toBe(expected, events);
    }),
  );

  it(
    'passes the first step, and the first one after so many milliseconds',
    marbles(({ cold, expectObservable }) => {
      const e1 = cold('  -1-2-e-3-4-f-|', events);
      const expected = ' -1-----3-----|';
      expectObservable(e1.pipe(every({ ms: 20 }))).toBe(expected, events);
    }),
  );

  it.each([{ epochs: 0 }, { steps: -1 }, { ms: 0.5 }, {}, { epochs: 1, steps: 1 }, { days: 1 }])(
    'refuses %o at once',
    options => {
      expect(() => every(options as { epochs: number })).toThrow(InvalidArgumentError);
    },
  );
});
