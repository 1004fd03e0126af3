import { expect, it } from 'vitest';
import { eventTypes } from '../../../src/event/eventTypes.js';
import { isBarrier } from '../../../src/event/isBarrier.js';
import type { TrainEvent } from '../../../src/event/trainEvent.js';

it('knows at which events controllers are heard', () => {
  const heard = eventTypes.filter(type => isBarrier({ type } as TrainEvent));
  expect(heard.toSorted()).toEqual(['epochEnd', 'epochStart', 'runStart', 'step', 'trainEnd', 'validation']);
});
