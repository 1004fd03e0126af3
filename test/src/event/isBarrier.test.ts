import { expect, it } from 'vitest';
import { checkpointEvent, runStart, stepEvent, warningEvent } from '../../../operators/testing/events.js';
import { isBarrier } from '../../../src/event/isBarrier.js';

it('knows at which events controllers are heard', () => {
  const events = [runStart(), stepEvent(), checkpointEvent(), warningEvent()];
  expect(events.map(isBarrier)).toEqual([true, true, false, false]);
});
