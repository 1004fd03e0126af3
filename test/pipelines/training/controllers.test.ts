import { Subject } from 'rxjs';
import { expect, it } from 'vitest';
import { stepEvent, warningEvent } from '../../../operators/testing/events.js';
import { Controllers } from '../../../pipelines/training/controllers.js';
import type { Directive } from '../../../src/event/directive.js';

const stop: Directive = { type: 'stop', by: 'a', reason: 'b' };

it('hears at the next barrier what an operator asks between events', () => {
  const late = new Subject<Directive>();
  const controllers = new Controllers([() => late], undefined);
  late.next(stop);
  expect([warningEvent(), stepEvent(), stepEvent()].map(event => controllers.next(event))).toEqual([[], [stop], []]);
});

it('hears a policy at barriers alone', () => {
  const eager = { key: 'eager', init: () => 0, update: (events: number) => [events + 1, [stop]] as const };
  const controllers = new Controllers([eager], undefined);
  expect([warningEvent(), stepEvent()].map(event => controllers.next(event))).toEqual([[], [stop]]);
  expect(controllers.policyStates).toEqual({ eager: 2 });
});
