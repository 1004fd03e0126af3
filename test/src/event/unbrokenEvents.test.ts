import { expect, it } from 'vitest';
import {
  directiveEvent,
  epochStart,
  runStart,
  stepEvent,
  trainEnd,
  warningEvent,
} from '../../../operators/testing/events.js';
import { UnbrokenEvents } from '../../../src/event/unbrokenEvents.js';

const resumption = runStart({ resumedFrom: { epoch: 0, step: 1, iterations: 1, events: 3 } });

it.each([
  ['a run from the beginning has all', [runStart(), warningEvent(), stepEvent()], [true, true, true]],
  ['a resumed one not its start and first warnings', [resumption, warningEvent(), stepEvent()], [false, false, true]],
  ['but those after', [resumption, epochStart(), warningEvent()], [false, true, true]],
  [
    'and its end',
    [resumption, trainEnd(), directiveEvent({ type: 'stop', by: 'a', reason: 'b' })],
    [false, true, true],
  ],
])('of the unbroken events, %s', (_, events, expected) => {
  const unbroken = new UnbrokenEvents();
  expect(events.map(event => unbroken.includes(event))).toEqual(expected);
});
