import { from, type Observable, of } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import { augment } from '../../operators/augment.js';
import { batch } from '../../operators/batch.js';
import { controller } from '../../operators/controller.js';
import { epochSamples } from '../../operators/epochSamples.js';
import { every } from '../../operators/every.js';
import { mapOrdered } from '../../operators/mapOrdered.js';
import { paced } from '../../operators/paced.js';
import { shuffle } from '../../operators/shuffle.js';
import { fakeLearner } from '../../operators/testing/fakeLearner.js';
import { arraySource, streamSource } from '../../operators/testing/sources.js';
import { trainStep } from '../../operators/trainStep.js';
import type { Batch } from '../../src/data/batch.js';
import type { Sample } from '../../src/data/sample.js';
import type { Directive } from '../../src/event/directive.js';
import type { EpochEnd, StepEvent, TrainEvent } from '../../src/event/trainEvent.js';
import type { StepResult } from '../../src/learner/learner.js';
import type { Policy } from '../../src/policy/policy.js';

const place = { seed: 1, epoch: 0 };
declare const events: Observable<TrainEvent>;
declare const policy: Policy<{ wait: number }>;

describe('types of the operators', () => {
  it('epochSamples is synchronous for arrays only', () => {
    expectTypeOf(epochSamples(arraySource(), place)).toEqualTypeOf<Iterable<Sample>>();
    expectTypeOf(epochSamples(streamSource(), place)).toEqualTypeOf<AsyncIterable<Sample>>();
    // @ts-expect-error a seed is needed: a silent default would be forgotten
    epochSamples(arraySource(), { epoch: 0 });
  });

  it('samples become batches, and batches steps', () => {
    const samples = from(epochSamples(arraySource(), place));
    const identity = augment(example => example);
    expectTypeOf(samples.pipe(shuffle({ window: 4 }), identity, batch(2))).toEqualTypeOf<Observable<Batch>>();
    expectTypeOf(samples.pipe(batch(2), trainStep(fakeLearner()))).toEqualTypeOf<Observable<StepResult>>();
    // @ts-expect-error a step takes batches
    samples.pipe(trainStep(fakeLearner()));
    // @ts-expect-error batches are made of samples
    of(1).pipe(batch(2));
    // @ts-expect-error no such remainder
    batch(2, { remainder: 'pad' });
  });

  it('paced hands to consume what through gives, and emits what consume gives', () => {
    const source = epochSamples(arraySource(), place);
    expectTypeOf(paced({ source, through: batch(2), consume: async ({ size }) => size })).toEqualTypeOf<
      Observable<number>
    >();
    // @ts-expect-error through takes samples, not numbers
    paced({ source: [1, 2], through: batch(2), consume: () => null });
  });

  it('mapOrdered infers its result', () => {
    const options = { concurrency: 2 };
    expectTypeOf(of(1).pipe(mapOrdered(async n => `${n}`, options))).toEqualTypeOf<Observable<string>>();
    // @ts-expect-error concurrency is needed
    mapOrdered(async (n: number) => n, {});
  });

  it('controller keeps the type of the state', () => {
    expectTypeOf(events.pipe(controller(policy, { state: { wait: 1 } }))).toEqualTypeOf<Observable<Directive>>();
    // @ts-expect-error another state
    controller(policy, { state: 'waiting' });
  });

  it('every narrows to the events that it lets pass', () => {
    expectTypeOf(events.pipe(every({ epochs: 2 }))).toEqualTypeOf<Observable<EpochEnd>>();
    expectTypeOf(events.pipe(every({ steps: 2 }))).toEqualTypeOf<Observable<StepEvent>>();
    // @ts-expect-error one of them
    every({});
  });
});
