import { describe, expect, it } from 'vitest';
import * as events from '../../../operators/testing/events.js';
import type { TrainEvent } from '../../../src/event/trainEvent.js';

const { directiveEvent, epochEnd, stepEvent } = events;

describe('events', () => {
  const builders: Record<string, () => TrainEvent> = {
    runStart: events.runStart,
    epochStart: events.epochStart,
    stepEvent,
    validationEvent: events.validationEvent,
    epochEnd,
    checkpointEvent: events.checkpointEvent,
    warningEvent: events.warningEvent,
    trainEnd: events.trainEnd,
    runEnd: events.runEnd,
  };

  it.each(Object.entries(builders))('%s makes a frozen event of its type', (name, build) => {
    const event = build();
    expect(name.replace(/Event$/, '')).toBe(event.type);
    expect(Object.isFrozen(event)).toBe(true);
    expect(Object.isFrozen('logs' in event ? event.logs : event)).toBe(true);
  });

  it('take the fields that a test cares about', () => {
    expect(epochEnd({ epoch: 4, logs: { val_loss: 2 } })).toMatchObject({
      epoch: 4,
      iterations: 5,
      logs: { val_loss: 2 },
    });
    expect(stepEvent({ step: 4 })).toMatchObject({ step: 4, iterations: 5 });
    const stop = { type: 'stop', by: 'test', reason: 'enough' } as const;
    expect(directiveEvent(stop, { epoch: 2 })).toMatchObject({ type: 'directive', epoch: 2, directive: stop });
  });
});
