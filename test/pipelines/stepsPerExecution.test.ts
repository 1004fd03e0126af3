import { lastValueFrom, take, tap, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { batch } from '../../operators/batch.js';
import { type FakeLearner, type FakeLearnerOptions, fakeLearner } from '../../operators/testing/fakeLearner.js';
import { arraySource } from '../../operators/testing/sources.js';
import { type TrainOptions, train } from '../../pipelines/train.js';
import { NonFiniteLossError } from '../../src/error/nonFiniteLossError.js';
import type { TrainEvent } from '../../src/event/trainEvent.js';
import { lambda } from '../../src/policy/lambda.js';

const compiledFake = (given: FakeLearnerOptions = {}): FakeLearner => fakeLearner({ compiled: true, ...given });

/** Epochs of twenty rows in batches of two: ten steps each. */
function options(given: Partial<TrainOptions> = {}): TrainOptions {
  const source = arraySource({ size: 20 });
  return { learner: compiledFake(), data: { source, through: batch(2) }, epochs: 2, seed: 1, ...given };
}

const eventsOf = (given: Partial<TrainOptions>): Promise<TrainEvent[]> =>
  lastValueFrom(train(options(given)).pipe(toArray()));

const timeless = (events: readonly TrainEvent[]) => events.map(event => ({ ...event, time: 0 }));

/** Steps of each call, one number a call. */
const callsOf = ({ calls }: FakeLearner): number[] =>
  calls.flatMap(call => (call.method === 'steps' ? [call.steps.length] : call.method === 'step' ? [1] : []));

/** Rates that its steps had. */
const ratesOf = ({ calls }: FakeLearner): number[] =>
  calls.flatMap(call =>
    call.method === 'steps'
      ? call.steps.map(({ learningRate }) => learningRate)
      : call.method === 'step'
        ? [call.options.learningRate]
        : [],
  );

describe('stepsPerExecution', () => {
  it.each([1, 3, 5, 100])('%d gives the events of one step in a call', async stepsPerExecution => {
    const learningRate = (iterations: number) => 0.1 / (1 + iterations);
    const one = await eventsOf({ learner: compiledFake({ learningRate }) });
    const several = await eventsOf({ learner: compiledFake({ learningRate }), stepsPerExecution });
    expect(timeless(several)).toEqual(timeless(one));
  });

  it('takes so many steps in each call, and what is left of an epoch one by one', async () => {
    const learner = compiledFake();
    await eventsOf({ learner, stepsPerExecution: 4 });
    expect(callsOf(learner)).toEqual([4, 4, 1, 1, 4, 4, 1, 1]);
  });

  it('ends a call where an epoch of so many steps ends, and prepares the next one meanwhile', async () => {
    const learner = compiledFake();
    const events = await eventsOf({ learner, stepsPerExecution: 3, stepsPerEpoch: 7 });
    expect(callsOf(learner)).toEqual([3, 3, 1, 3, 3, 1]);
    expect(timeless(events)).toEqual(timeless(await eventsOf({ stepsPerEpoch: 7 })));
  });

  it('ends a call where a validation is due', async () => {
    const learner = compiledFake();
    const validation = { source: arraySource({ size: 4 }), through: batch(4), everySteps: 5 };
    const events = await eventsOf({ learner, epochs: 1, stepsPerExecution: 4, validation });
    expect(callsOf(learner)).toEqual([4, 1, 4, 1]);
    expect(timeless(events)).toEqual(timeless(await eventsOf({ epochs: 1, validation })));
  });

  it('goes step by step where nothing is compiled', async () => {
    const learner = fakeLearner();
    await eventsOf({ learner, epochs: 1, stepsPerExecution: 5 });
    expect(callsOf(learner)).toEqual(Array.from({ length: 10 }, () => 1));
  });

  it('goes step by step with a learner that takes one at a time', async () => {
    const fake = compiledFake();
    const learner = new Proxy(fake, { get: (of, name) => (name === 'steps' ? undefined : Reflect.get(of, name, of)) });
    await eventsOf({ learner, epochs: 1, stepsPerExecution: 5 });
    expect(callsOf(fake)).toEqual(Array.from({ length: 10 }, () => 1));
  });

  it('carries out what controllers ask after any of its steps when the call has ended', async () => {
    const learner = compiledFake();
    const halve = lambda({
      step: ({ step }) => (step === 1 ? [{ type: 'scaleLearningRate', factor: 0.5, by: 'halve' }] : []),
    });
    const events = await eventsOf({ learner, epochs: 1, stepsPerExecution: 4, controllers: [halve] });
    expect(ratesOf(learner)).toEqual([0.1, 0.1, 0.1, 0.1, ...Array.from({ length: 6 }, () => 0.05)].map(Math.fround));
    const types = events.map(({ type }) => type);
    expect(types.slice(0, 8).join(' ')).toBe('runStart epochStart step step step step directive step');
  });

  it('stops after the running call', async () => {
    const stop = lambda({ step: ({ step }) => (step === 1 ? [{ type: 'stop', reason: 'enough', by: 'stop' }] : []) });
    const events = await eventsOf({ stepsPerExecution: 4, controllers: [stop] });
    expect(events.filter(({ type }) => type === 'step')).toHaveLength(4);
    expect(events.at(-1)).toMatchObject({ type: 'runEnd', reason: 'enough', iterations: 4 });
  });

  it('names the first step whose loss is not finite, and puts the weights of the epoch back', async () => {
    const learner = compiledFake({ losses: [1, 1, Number.NaN, Number.NaN] });
    const run = eventsOf({ learner, stepsPerExecution: 4 });
    await expect(run).rejects.toThrow(NonFiniteLossError);
    await expect(run).rejects.toThrow(/step 2 of epoch 0/);
    expect((await learner.state()).weights[0].data[0]).toBe(0);
  });

  it('takes a stop that was asked for before a loss that is not finite for no answer to it', async () => {
    const learner = compiledFake({ losses: [1, 1, Number.NaN, 1] });
    const stop = (at: number) =>
      lambda({ step: ({ step }) => (step === at ? [{ type: 'stop', reason: 'enough', by: 'stop' }] : []) });
    const run = eventsOf({ learner, stepsPerExecution: 4, controllers: [stop(0)] });
    await expect(run).rejects.toThrow(NonFiniteLossError);
    const answered = compiledFake({ losses: [1, 1, Number.NaN, 1] });
    const events = await eventsOf({ learner: answered, stepsPerExecution: 4, controllers: [stop(2)] });
    expect(events.at(-1)).toMatchObject({ type: 'runEnd', reason: 'enough' });
  });

  it('saves with the updates of the whole call where a controller fails in it', async () => {
    const saved: number[] = [];
    const failing = lambda({
      runStart: () => [{ type: 'saveCheckpoint', when: 'exception', file: 'last.h5', by: 'failing' }],
      step: ({ step }) => {
        if (step === 1) throw new Error('no');
        return [];
      },
    });
    const saveModel: TrainOptions['saveModel'] = async (_file, _learner, { iterations }) => {
      saved.push(iterations);
    };
    const run = eventsOf({ learner: compiledFake(), stepsPerExecution: 4, controllers: [failing], saveModel });
    await expect(run).rejects.toThrow('no');
    expect(saved).toEqual([4]);
  });

  it('has the barriers of a compiled learner where nothing is compiled, and lets timers have their turn', async () => {
    const halve = lambda({
      step: ({ iterations }) => (iterations < 12 ? [{ type: 'scaleLearningRate', factor: 0.5, by: 'halve' }] : []),
    });
    const [eager, compiled] = [fakeLearner(), compiledFake()];
    // A timer of a millisecond may be later than the end of so short a run.
    let turns = 0;
    let turn = setImmediate(function count() {
      turns++;
      turn = setImmediate(count);
    });
    await eventsOf({ learner: eager, stepsPerExecution: 5, controllers: [halve] });
    clearImmediate(turn);
    await eventsOf({ learner: compiled, stepsPerExecution: 5, controllers: [halve] });
    expect(ratesOf(eager)).toEqual(ratesOf(compiled));
    expect(turns).toBeGreaterThan(0);
  });

  it('tells nothing more of a call after an unsubscription', async () => {
    const learner = compiledFake();
    const seen: TrainEvent[] = [];
    await lastValueFrom(
      train(options({ learner, stepsPerExecution: 5 })).pipe(
        tap(event => seen.push(event)),
        take(4),
      ),
    );
    expect(seen.map(({ type }) => type)).toEqual(['runStart', 'epochStart', 'step', 'step']);
    expect(callsOf(learner)).toEqual([5]);
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses %d', stepsPerExecution => {
    expect(() => train(options({ stepsPerExecution }))).toThrow(/stepsPerExecution/);
  });
});
