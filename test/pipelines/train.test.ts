import { setTimeout as wait } from 'node:timers/promises';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import {
  EMPTY,
  expand,
  filter,
  finalize,
  from,
  interval,
  lastValueFrom,
  map,
  NEVER,
  Observable,
  type OperatorFunction,
  of,
  pipe,
  Subject,
  switchMap,
  take,
  takeWhile,
  tap,
  throwError,
  toArray,
} from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { augmentImages } from '../../operators/augmentImages.js';
import { batch } from '../../operators/batch.js';
import { pipeBatches } from '../../operators/pipeBatches.js';
import { shuffle } from '../../operators/shuffle.js';
import { type FakeLearner, type FakeLearnerOptions, fakeLearner } from '../../operators/testing/fakeLearner.js';
import { arraySource, indexedSource, streamSource } from '../../operators/testing/sources.js';
import { type TrainOptions, train } from '../../pipelines/train.js';
import type { Controller } from '../../pipelines/training/controllers.js';
import { augmentation } from '../../src/augment/augmentation.js';
import type { Batch } from '../../src/data/batch.js';
import { fromArrays } from '../../src/data/fromArrays.js';
import { fromStream } from '../../src/data/fromStream.js';
import type { Sample } from '../../src/data/sample.js';
import type { Example, StreamSource } from '../../src/data/source.js';
import { DataExhaustedError } from '../../src/error/dataExhaustedError.js';
import { InvalidArgumentError } from '../../src/error/invalidArgumentError.js';
import { NonFiniteLossError } from '../../src/error/nonFiniteLossError.js';
import type { Directive } from '../../src/event/directive.js';
import type { TrainEvent } from '../../src/event/trainEvent.js';
import { ModelInUseError, ownModels } from '../../src/learner/ownModel.js';
import { earlyStopping } from '../../src/policy/earlyStopping.js';
import { type LambdaHooks, lambda } from '../../src/policy/lambda.js';
import { swapEma } from '../../src/policy/swapEma.js';
import { terminateOnNonFinite } from '../../src/policy/terminateOnNonFinite.js';
import { timeLimit } from '../../src/policy/timeLimit.js';
import { memoryStore } from '../helpers/memoryStore.js';

const ten = arraySource({ size: 10 });

/** Two epochs of ten rows in batches of four: three steps each. */
function options(given: Partial<TrainOptions> = {}): TrainOptions {
  return { learner: fakeLearner(), data: { source: ten, through: batch(4) }, epochs: 2, seed: 1, ...given };
}

const eventsOf = (given: Partial<TrainOptions> = {}): Promise<TrainEvent[]> =>
  lastValueFrom(train(options(given)).pipe(toArray()));

const typesOf = async (given: Partial<TrainOptions> = {}): Promise<string> =>
  (await eventsOf(given)).map(({ type }) => type).join(' ');

/** Events until the run ends, and the error that it ends with. */
async function outcomeOf(given: Partial<TrainOptions> = {}): Promise<{ events: TrainEvent[]; error: unknown }> {
  const events: TrainEvent[] = [];
  try {
    await lastValueFrom(train(options(given)).pipe(tap(event => events.push(event))));
    return { events, error: undefined };
  } catch (error) {
    return { events, error };
  }
}

/** The learner of a run that owns it. */
function owned(given?: FakeLearnerOptions): { made: FakeLearner[]; learner: () => FakeLearner } {
  const made: FakeLearner[] = [];
  return {
    made,
    learner: () => {
      made.push(fakeLearner(given));
      return made[made.length - 1];
    },
  };
}

const callsOf = ({ calls }: FakeLearner, method: string): number => calls.filter(call => call.method === method).length;

const hooks = (given: LambdaHooks, key = 'test') => [lambda(given, { key })];

const ask = (...directives: Directive[]) => directives;
const stop = (reason = 'enough', by = 'test'): Directive => ({ type: 'stop', by, reason });

describe('a run', () => {
  const validation = { source: arraySource({ size: 3, name: 'test' }), through: batch(2) };

  it('emits these events, in this order', async () => {
    expect(await typesOf({ validation })).toBe(
      'runStart epochStart step step step validation epochEnd epochStart step step step validation epochEnd trainEnd runEnd',
    );
  });

  it('says in them what it is and how far it is', async () => {
    const events = await eventsOf({ validation, learner: fakeLearner({ metrics: ['accuracy'] }) });
    expect(events.map(({ time, ...event }) => event)).toMatchObject([
      {
        seed: 1,
        epochs: 2,
        stepsPerEpoch: 3,
        metrics: ['loss', 'accuracy', 'val_loss', 'val_accuracy', 'learning_rate'],
        backend: 'fake',
        resumedFrom: null,
      },
      { epoch: 0, iterations: 0, learningRate: Math.fround(0.1) },
      { epoch: 0, step: 0, iterations: 1, size: 4 },
      { epoch: 0, step: 1, iterations: 2, size: 4 },
      { epoch: 0, step: 2, iterations: 3, size: 2 },
      { epoch: 0, iterations: 3 },
      { epoch: 0, steps: 3, iterations: 3 },
      { epoch: 1, iterations: 3 },
      { epoch: 1, step: 0, iterations: 4 },
      { epoch: 1, step: 1, iterations: 5 },
      { epoch: 1, step: 2, iterations: 6 },
      { epoch: 1, iterations: 6 },
      { epoch: 1, steps: 3, iterations: 6 },
      { epoch: 1, iterations: 6 },
      { reason: 'completed', epochs: 2, iterations: 6 },
    ]);
  });

  it("gives means of the epoch, weighted by the batches' sizes", async () => {
    const events = await eventsOf({ epochs: 1, learner: fakeLearner({ losses: [1, 2, 4] }) });
    const losses = events.flatMap(event => ('logs' in event ? [event.logs.loss] : []));
    expect(losses).toEqual([1, 1.5, 2, 2, 2]);
  });

  it('begins the means anew with each epoch', async () => {
    const events = await eventsOf({ learner: fakeLearner({ losses: [1, 2, 4, 10, 20, 40] }) });
    expect(events.flatMap(event => (event.type === 'epochEnd' ? [event.logs.loss] : []))).toEqual([2, 20]);
    expect(events.flatMap(event => (event.type === 'step' ? [event.logs.loss] : []))).toEqual([1, 1.5, 2, 10, 15, 20]);
  });

  it('is frozen data', async () => {
    for (const event of await eventsOf({ validation, controllers: hooks({ step: () => ask(stop()) }) })) {
      expect(Object.isFrozen(event)).toBe(true);
      for (const part of Object.values(event)) if (typeof part === 'object') expect(Object.isFrozen(part)).toBe(true);
    }
  });

  it('is cold, and each subscription is a run of its own', async () => {
    const { made, learner } = owned();
    const run$ = train(options({ learner }));
    expect(made).toHaveLength(0);
    const withoutTime = run$.pipe(
      map(({ time, ...event }) => event),
      toArray(),
    );
    expect(await lastValueFrom(withoutTime)).toEqual(await lastValueFrom(withoutTime));
    expect(made).toHaveLength(2);
  });

  it('draws a seed where none is given, and says which', async () => {
    const { seed, ...rest } = options({ learner: () => fakeLearner() });
    const [a, b] = await Promise.all([
      lastValueFrom(train(rest).pipe(toArray())),
      lastValueFrom(train(rest).pipe(toArray())),
    ]);
    expect(a[0]).not.toMatchObject({ seed: (b[0] as { seed: number }).seed });
  });

  it('gives another order to another seed', async () => {
    const fingerprints = await Promise.all([1, 1, 2].map(async seed => (await eventsOf({ seed })).at(-1)));
    const [a, b, c] = fingerprints.map(event => (event?.type === 'runEnd' ? event.fingerprint : undefined));
    expect(a).toBe(b);
    expect(a).not.toBe(c);
  });

  it('takes one step at a time', async () => {
    const learner = fakeLearner();
    await eventsOf({ learner, validation });
    expect(learner.mostAtOnce).toBe(1);
  });

  it('waits for a source, a learner and a validation set that are promises or functions', async () => {
    const lazy = { learner: () => Promise.resolve(fakeLearner()), data: { source: () => ten, through: batch(4) } };
    expect(await typesOf({ ...lazy, epochs: 1, validation: { ...validation, source: Promise.resolve(ten) } })).toBe(
      'runStart epochStart step step step validation epochEnd trainEnd runEnd',
    );
  });

  it.each([
    [undefined, 'undefined'],
    [{ predict: () => {} }, 'Object'],
    [() => Promise.resolve(null), 'null'],
  ])('refuses what is no learner before its first event: %o', async (learner, name) => {
    const { events, error } = await outcomeOf({ learner: learner as never });
    expect(events).toEqual([]);
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect(String(error)).toContain(`it is ${name}. Of a model make createLearner(`);
  });

  it.each([
    [{ epochs: 0 }, 'epochs'],
    [{ epochs: 1.5 }, 'epochs'],
    [{ stepsPerEpoch: 0 }, 'stepsPerEpoch'],
    [{ seed: -1 }, 'seed'],
    [{ ahead: -1 }, 'ahead'],
    [{ validation: { ...validation, everyEpochs: 0 } }, 'everyEpochs'],
    [{ validation: { ...validation, everySteps: -2 } }, 'everySteps'],
    [{ resume: true }, 'snapshots'],
  ] as const)('refuses %o at once', (given, name) => {
    expect(() => train(options(given))).toThrow(InvalidArgumentError);
    expect(() => train(options(given))).toThrow(name);
  });
});

describe('validation', () => {
  const validation = { source: arraySource({ size: 3, name: 'test' }), through: batch(2) };

  it('comes after every so many epochs', async () => {
    const events = await eventsOf({ epochs: 5, validation: { ...validation, everyEpochs: 2 } });
    const ends = events.flatMap(event => (event.type === 'epochEnd' ? ['val_loss' in event.logs] : []));
    expect(ends).toEqual([false, true, false, true, false]);
  });

  it("comes after every so many steps, and once where the epoch's end would repeat it", async () => {
    expect(await typesOf({ epochs: 1, validation: { ...validation, everySteps: 1 } })).toBe(
      'runStart epochStart step validation step validation step validation epochEnd trainEnd runEnd',
    );
  });

  it('comes after the last step where the epoch has none', async () => {
    expect(await typesOf({ epochs: 1, validation: { ...validation, everySteps: 3, everyEpochs: 2 } })).toBe(
      'runStart epochStart step step step validation epochEnd trainEnd runEnd',
    );
  });

  it('takes the whole set in order, and no update', async () => {
    const learner = fakeLearner();
    await eventsOf({ learner, epochs: 1, validation });
    const rows = learner.calls.flatMap(call =>
      call.method === 'evaluate' && call.batch.kind === 'rows' ? [...call.batch.rows] : [],
    );
    expect(rows).toEqual([0, 1, 2]);
    expect(callsOf(learner, 'step')).toBe(3);
  });

  it('of nothing is an error', async () => {
    const { error } = await outcomeOf({ validation: { source: streamSource({ size: 0 }), through: batch(2) } });
    expect(error).toBeInstanceOf(DataExhaustedError);
  });
});

describe('a stop', () => {
  it('by a controller ends the run cleanly, in mid-epoch without validation and epochEnd', async () => {
    const learner = fakeLearner();
    const events = await eventsOf({
      learner,
      controllers: hooks({ step: ({ step }) => (step === 1 ? ask(stop()) : []) }),
    });
    expect(events.map(({ type }) => type).join(' ')).toBe('runStart epochStart step step directive trainEnd runEnd');
    expect(events.at(-1)).toMatchObject({ reason: 'enough', epochs: 0, iterations: 2 });
    expect(callsOf(learner, 'step')).toBe(2);
  });

  it("by a controller at an epoch's end begins no other epoch", async () => {
    const given = { controllers: hooks({ epochEnd: () => ask(stop()) }) };
    expect(await typesOf(given)).toBe('runStart epochStart step step step epochEnd directive trainEnd runEnd');
  });

  it('at the start takes no step', async () => {
    const learner = fakeLearner();
    expect(await typesOf({ learner, controllers: hooks({ runStart: () => ask(stop()) }) })).toBe(
      'runStart directive trainEnd runEnd',
    );
    expect(await typesOf({ learner, stopOn: of('now') })).toBe('runStart trainEnd runEnd');
    expect(callsOf(learner, 'step')).toBe(0);
  });

  it('from outside finishes the running step', async () => {
    const learner = fakeLearner({ delay: 1 });
    const stopOn = new Subject<string>();
    const step = learner.step.bind(learner);
    learner.step = (...given) => {
      const result = step(...given);
      if (callsOf(learner, 'step') === 2) stopOn.next('interrupted');
      return result;
    };
    const events = await eventsOf({ learner, stopOn });
    expect(events.map(({ type }) => type).join(' ')).toBe('runStart epochStart step step trainEnd runEnd');
    expect(events.at(-1)).toMatchObject({ reason: 'interrupted', iterations: 2 });
    expect(stopOn.observed).toBe(false);
  });

  it('does not wait for a source that hangs', async () => {
    const hanging: StreamSource = {
      kind: 'stream',
      name: 'hanging',
      inputShape: [2],
      open: async function* () {
        yield { x: Uint8Array.of(1, 0), y: 0 };
        await new Promise(() => {});
      } as () => AsyncIterable<Example>,
    };
    const stopOn = new Subject<string>();
    const run$ = train(options({ data: { source: hanging, through: batch(1) }, stopOn })).pipe(
      tap(({ type }) => {
        if (type === 'step') setTimeout(() => stopOn.next('interrupted'), 5);
      }),
      map(({ type }) => type),
      toArray(),
    );
    expect(await lastValueFrom(run$)).toEqual(['runStart', 'epochStart', 'step', 'trainEnd', 'runEnd']);
  });

  it.each([
    ['a pass', undefined],
    ['steps', 3],
  ])(
    'unsubscribes at once from an Observable of examples that is silent, in epochs of %s',
    async (_, stepsPerEpoch) => {
      const subscriptions: string[] = [];
      const silent$ = new Observable<Example>(() => {
        subscriptions.push('begun');
        return () => void subscriptions.push('ended');
      });
      const data = { source: fromStream(silent$, { inputShape: [2] }), through: batch(1) };
      const run = train(options({ data, ...(stepsPerEpoch && { stepsPerEpoch }) })).subscribe();
      await expect.poll(() => subscriptions, { interval: 1 }).toEqual(['begun']);
      run.unsubscribe();
      expect(subscriptions).toEqual(['begun', 'ended']);
    },
  );

  it('by a time limit that passes while a file is saved comes at the next barrier', async () => {
    const saving = hooks({ epochStart: () => ask({ type: 'saveCheckpoint', by: 'test', file: 'a.h5' }) });
    const saveModel = () => wait(60);
    const events = await eventsOf({ controllers: [timeLimit(50), ...saving], saveModel, epochs: 50 });
    expect(events.at(-1)).toMatchObject({ reason: 'time limit', iterations: 1 });
  });

  it('whose signal is none is an error', async () => {
    const { made, learner } = owned();
    const { error } = await outcomeOf({ learner, stopOn: 3 as never });
    expect(error).toBeInstanceOf(TypeError);
    expect(made.every(({ disposed }) => disposed)).toBe(true);
  });

  it('whose signal fails is an error', async () => {
    const problem = new Error('no signal');
    expect((await outcomeOf({ stopOn: throwError(() => problem) })).error).toBe(problem);
    const stopOn = new Subject<string>();
    const types: string[] = [];
    const run$ = train(options({ stopOn, epochs: 50 })).pipe(
      tap(({ type, ...event }) => {
        types.push(type);
        if ('step' in event && event.step === 1) stopOn.error(problem);
      }),
    );
    await expect(lastValueFrom(run$)).rejects.toBe(problem);
    expect(types.join(' ')).toBe('runStart epochStart step step');
  });
});

describe('an abort', () => {
  it('emits nothing more, and waits for the running step before it disposes of its own learner', async () => {
    const { made, learner } = owned({ delay: 50 });
    const events: string[] = [];
    const subscription = train(options({ learner })).subscribe(({ type }) => events.push(type));
    await vi.waitFor(() => expect(callsOf(made[0], 'step')).toBe(2), { interval: 1 });
    subscription.unsubscribe();
    const seen = events.length;
    expect(made[0].disposed).toBe(false);
    await vi.waitFor(() => expect(made[0].disposed).toBe(true));
    await new Promise(resolve => setTimeout(resolve, 10));
    expect(events).toHaveLength(seen);
    expect([callsOf(made[0], 'step'), callsOf(made[0], 'dispose')]).toEqual([2, 1]);
    expect(made[0].calls.at(-1)?.method).toBe('dispose');
  });

  it('while it starts ends the start', async () => {
    const { made, learner } = owned();
    const opened: string[] = [];
    const snapshots = memoryStore();
    const opening = (name: string) => async () => {
      opened.push(name);
      await wait(5);
      return ten;
    };
    const data = { source: opening('data'), through: batch(4) };
    const validation = { source: opening('validation'), through: batch(4) };
    const run = train(options({ learner, data, validation, snapshots })).subscribe();
    await vi.waitFor(() => expect(opened).toHaveLength(1), { interval: 1 });
    run.unsubscribe();
    await vi.waitFor(() => expect(snapshots.closed).toBe(1));
    expect([opened, made]).toEqual([['data'], []]);
  });

  it('while its learner is made frees that learner', async () => {
    const made = fakeLearner();
    const making = vi.fn(async () => {
      await wait(5);
      return made;
    });
    const run = train(options({ learner: making })).subscribe();
    await vi.waitFor(() => expect(making).toHaveBeenCalled(), { interval: 1 });
    run.unsubscribe();
    await vi.waitFor(() => expect(made.disposed).toBe(true));
    expect(made.calls.map(({ method }) => method)).toEqual(['dispose']);
  });

  it.each(['runStart', 'epochStart', 'step', 'validation', 'epochEnd', 'trainEnd', 'runEnd'])(
    'at %s frees everything once',
    async type => {
      const { made, learner } = owned();
      const snapshots = memoryStore();
      const validation = { source: ten, through: batch(5) };
      const run$ = train(options({ learner, validation, snapshots })).pipe(takeWhile(event => event.type !== type));
      await lastValueFrom(run$, { defaultValue: null });
      await vi.waitFor(() => expect([callsOf(made[0], 'dispose'), snapshots.closed]).toEqual([1, 1]));
    },
  );

  it('by an operator that throws frees everything, and its error goes downstream', async () => {
    const { made, learner } = owned();
    const problem = new Error('observer');
    const run$ = train(options({ learner })).pipe(
      tap(({ type }) => {
        if (type === 'step') throw problem;
      }),
    );
    await expect(lastValueFrom(run$)).rejects.toBe(problem);
    await vi.waitFor(() => expect(callsOf(made[0], 'dispose')).toBe(1));
    expect(callsOf(made[0], 'step')).toBe(1);
  });

  it('shows nothing more to the controllers, and carries out nothing', async () => {
    const files: string[] = [];
    let seen = 0;
    const count = lambda(
      {
        step() {
          seen++;
          return [];
        },
      },
      { key: 'count' },
    );
    const { made, learner } = owned({ delay: 50 });
    const controllers = [count, ...hooks({ step: () => ask({ type: 'saveCheckpoint', by: 'test', file: 'a.h5' }) })];
    const saveModel = async (file: string) => void files.push(file);
    const subscription = train(options({ learner, controllers, saveModel })).subscribe();
    await vi.waitFor(() => expect(callsOf(made[0], 'step')).toBe(1), { interval: 1 });
    subscription.unsubscribe();
    await vi.waitFor(() => expect(made[0].disposed).toBe(true));
    expect([seen, files]).toEqual([0, []]);
  });

  it("returns the source's iterator", async () => {
    let returned = 0;
    const source: StreamSource = {
      ...streamSource(),
      *open() {
        try {
          yield* streamSource({ size: 100 }).open(0) as Iterable<Example>;
        } finally {
          returned++;
        }
      },
    };
    const run$ = train(options({ data: { source, through: batch(2) } })).pipe(takeWhile(({ type }) => type !== 'step'));
    await lastValueFrom(run$);
    await vi.waitFor(() => expect(returned).toBe(1));
  });
});

describe('a learner that the run makes', () => {
  /** Makes learners of one model, as `createLearner` would. */
  function ofOneModel() {
    const model = { name: 'shared', layers: [], trainable: true } as unknown as LayersModel;
    return (): FakeLearner => {
      const release = ownModels([model], async () => {});
      const fake = fakeLearner({ delay: 5 });
      const dispose = fake.dispose.bind(fake);
      return Object.assign(fake, { dispose: () => dispose().finally(release) });
    };
  }

  it('waits for the model where the run that had it was aborted', async () => {
    const learner = ofOneModel();
    await lastValueFrom(train(options({ learner })).pipe(take(4)));
    expect(await typesOf({ learner })).toMatch(/runEnd$/);
  });

  it('lets a run take the place of another in mid-step', async () => {
    const learner = ofOneModel();
    const last$ = interval(12).pipe(
      take(3),
      switchMap(seed => train(options({ learner, seed }))),
      filter(({ type }) => type === 'runEnd'),
    );
    expect(await lastValueFrom(last$)).toMatchObject({ reason: 'completed' });
  });

  it('is refused a model that another run still trains', async () => {
    const learner = ofOneModel();
    const runs = await Promise.allSettled([eventsOf({ learner }), eventsOf({ learner })]);
    expect(runs.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect((runs[1] as PromiseRejectedResult).reason).toBeInstanceOf(ModelInUseError);
  });
});

describe('a learner that was handed over', () => {
  it('trains one run after the other, not two at a time', async () => {
    const learner = fakeLearner({ delay: 1 });
    const runs = await Promise.allSettled([eventsOf({ learner }), eventsOf({ learner })]);
    expect(runs.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect((runs[1] as PromiseRejectedResult).reason.message).toMatch(/has a run already.*share\(\)/);
    expect(await typesOf({ learner })).toMatch(/runEnd$/);
  });

  it('is waited for where its run was aborted', async () => {
    const learner = fakeLearner({ delay: 5 });
    await lastValueFrom(train(options({ learner })).pipe(take(4)));
    expect(await typesOf({ learner })).toMatch(/runEnd$/);
    expect(learner.mostAtOnce).toBe(1);
  });

  it('brings its weights into the model before the end is told', async () => {
    const order: string[] = [];
    const learner = Object.assign(fakeLearner(), { sync: async () => void order.push('sync') });
    await lastValueFrom(train(options({ learner })).pipe(tap(({ type }) => order.push(type))));
    expect(order.slice(-3)).toEqual(['trainEnd', 'sync', 'runEnd']);
  });

  it('brings those into the model that a controller puts back at the end', async () => {
    const order: string[] = [];
    const fake = fakeLearner();
    const restore = fake.restore.bind(fake);
    const learner = Object.assign(fake, {
      sync: async () => void order.push('sync'),
      restore: async (state: Parameters<typeof restore>[0]) => {
        order.push('restore');
        await restore(state);
      },
    });
    const best = lambda({
      epochEnd: () => [{ type: 'remember', by: 'lambda', weights: 'best' }],
      trainEnd: () => [{ type: 'restore', by: 'lambda', weights: 'best' }],
    });
    await eventsOf({ learner, controllers: [best] });
    expect(order).toEqual(['restore', 'sync']);
  });

  it('has its weights in the model after a loss that is not finite, too', async () => {
    const sync = vi.fn(async () => {});
    const learner = Object.assign(fakeLearner({ losses: [1, Number.NaN] }), { sync });
    await outcomeOf({ learner });
    expect(sync).toHaveBeenCalledTimes(1);
  });

  it('goes on counting its updates where a run is told of those before', async () => {
    const learner = fakeLearner();
    const last = (await eventsOf({ learner, epochs: 1 })).at(-1);
    const iterations = last?.type === 'runEnd' ? last.iterations : 0;
    expect(iterations).toBe(3);
    const second = await eventsOf({ learner, epochs: 1, iterations });
    expect(second.flatMap(event => (event.type === 'step' ? [event.iterations] : []))).toEqual([4, 5, 6]);
    const asked = learner.calls.flatMap(call => (call.method === 'step' ? [call.options.iterations] : []));
    expect(asked).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('goes on counting from what its learner counts, but for another number it is given', async () => {
    const learner = (): FakeLearner => Object.assign(fakeLearner(), { iterations: 3 });
    const countsOf = (events: readonly TrainEvent[]): number[] =>
      events.flatMap(event => (event.type === 'step' ? [event.iterations] : []));
    expect(countsOf(await eventsOf({ learner: learner(), epochs: 1 }))).toEqual([4, 5, 6]);
    expect(countsOf(await eventsOf({ learner: learner(), epochs: 1, iterations: 0 }))).toEqual([1, 2, 3]);
  });

  it('may be given to the next run when the end of one is told', async () => {
    const learner = fakeLearner();
    const again$ = train(options({ learner })).pipe(
      expand((event, i) => (event.type === 'runEnd' && i < 20 ? train(options({ learner })) : EMPTY)),
    );
    const ends = await lastValueFrom(
      again$.pipe(
        filter(({ type }) => type === 'runEnd'),
        toArray(),
      ),
    );
    expect(ends.length).toBeGreaterThan(1);
  });
});

describe('an error', () => {
  const problem = new Error('problem');
  const failing = async function* (): AsyncGenerator<Example> {
    yield* streamSource({ size: 5 }).open(0) as Iterable<Example>;
    throw problem;
  };
  const failingOperator: OperatorFunction<Sample, Batch> = pipe(
    tap<Sample>(({ position }) => {
      if (position === 5) throw problem;
    }),
    batch(4),
  );
  const throwing = hooks({
    step: ({ step }) => {
      if (step === 1) throw problem;
      return [];
    },
  });
  const failingController = pipe(
    tap<TrainEvent>(({ type }) => {
      if (type === 'epochEnd') throw problem;
    }),
    filter(() => false),
    map((): Directive => stop()),
  );
  const cases: [string, Partial<TrainOptions>, string][] = [
    [
      'the source',
      { data: { source: { ...streamSource(), open: failing }, through: batch(4) } },
      'runStart epochStart step',
    ],
    ['an operator', { data: { source: ten, through: failingOperator } }, 'runStart epochStart step'],
    ['a source that cannot be had', { data: { source: () => Promise.reject(problem), through: batch(4) } }, ''],
    [
      'the validation',
      { validation: { source: { ...streamSource(), open: failing }, through: batch(4) } },
      'runStart epochStart step step step',
    ],
    ['a policy', { controllers: throwing }, 'runStart epochStart step step'],
  ];

  it.each(cases)('of %s ends the run with it, after what came before', async (_, given, expected) => {
    const { made, learner } = owned();
    const { events, error } = await outcomeOf({ learner, ...given });
    expect(error).toBe(problem);
    expect(events.map(({ type }) => type).join(' ')).toBe(expected);
    expect(made.every(({ disposed }) => disposed)).toBe(true);
  });

  it('of a step ends the run, and frees an own learner but not one that was handed over', async () => {
    const { made, learner } = owned({ failAt: 1 });
    expect((await outcomeOf({ learner })).error).toMatchObject({ message: /Step 1 of the fake learner fails/ });
    expect(callsOf(made[0], 'dispose')).toBe(1);
    const mine = fakeLearner({ failAt: 1 });
    expect((await outcomeOf({ learner: mine })).error).toBeInstanceOf(Error);
    expect(mine.disposed).toBe(false);
    expect((await outcomeOf({ learner: Promise.resolve(mine) })).error).toBeUndefined();
    expect(mine.disposed).toBe(false);
  });

  it('of an operator controller that cannot be begun ends the run, and frees the others', async () => {
    let freed = 0;
    const waiting: OperatorFunction<TrainEvent, Directive> = () => NEVER.pipe(finalize(() => freed++));
    const broken: OperatorFunction<TrainEvent, Directive> = () => {
      throw problem;
    };
    expect((await outcomeOf({ controllers: [waiting, broken] })).error).toBe(problem);
    expect(freed).toBe(1);
  });

  it("of an operator controller ends the run at that event's barrier", async () => {
    const { events, error } = await outcomeOf({ controllers: [failingController] });
    expect(error).toBe(problem);
    expect(events.at(-1)?.type).toBe('epochEnd');
  });

  it.each([
    ['an empty source', { data: { source: arraySource({ size: 0 }), through: batch(4) } }],
    ['a batch larger than the set, dropped', { data: { source: ten, through: batch(20, { remainder: 'drop' }) } }],
    ['an empty stream and steps', { data: { source: streamSource({ size: 0 }), through: batch(4) }, stepsPerEpoch: 2 }],
    [
      'a dropped batch and steps',
      { data: { source: ten, through: batch(20, { remainder: 'drop' }) }, stepsPerEpoch: 2 },
    ],
    [
      'a stream that is shorter than a batch, dropped, and steps',
      { data: { source: streamSource(), through: batch(20, { remainder: 'drop' }) }, stepsPerEpoch: 2 },
    ],
    [
      'operators that let nothing through, and steps',
      {
        data: {
          source: ten,
          through: pipe(
            batch(4),
            filter<Batch>(() => false),
          ),
        },
        stepsPerEpoch: 2,
      },
    ],
  ] as const)('says that there is no batch: %s', async (_, given) => {
    expect((await outcomeOf(given)).error).toBeInstanceOf(DataExhaustedError);
  });

  it('waits for a batch that operators hold back over several passes', async () => {
    const through = pipe(shuffle({ window: 50 }), batch(20));
    const events = await eventsOf({ data: { source: streamSource(), through }, stepsPerEpoch: 2 });
    expect(events.at(-1)).toMatchObject({ reason: 'completed', iterations: 4 });
  });
});

describe("a stream's end", () => {
  /** Endless, and it takes its time to close. */
  function closing(close: () => Promise<unknown>, read: () => Promise<unknown> = async () => {}): StreamSource {
    return {
      kind: 'stream',
      name: 'closing',
      inputShape: [2],
      open: async function* (): AsyncGenerator<Example> {
        try {
          for (;;) {
            yield { x: Uint8Array.of(1, 0), y: 0 };
            await read();
          }
        } finally {
          await close();
        }
      },
    };
  }
  const problem = new Error('not closed');

  it.each([
    ['all steps are taken', {}],
    ['a controller stops', { controllers: hooks({ step: () => ask(stop()) }) }],
  ])('is waited for before the run completes: %s', async (_, given) => {
    let closed = false;
    const source = closing(async () => {
      await wait(20);
      closed = true;
    });
    const events = await eventsOf({ data: { source, through: batch(2) }, stepsPerEpoch: 3, ...given });
    expect(events.at(-1)?.type).toBe('runEnd');
    expect(closed).toBe(true);
  });

  it('is waited for where it is reading', async () => {
    let closed = false;
    const close = async () => {
      closed = true;
    };
    const source = closing(close, () => wait(10));
    await eventsOf({
      data: { source, through: batch(1) },
      stepsPerEpoch: 3,
      controllers: hooks({ step: () => ask(stop()) }),
    });
    expect(closed).toBe(true);
  });

  it('that fails is the error of the run', async () => {
    const source = closing(() => Promise.reject(problem));
    const { events, error } = await outcomeOf({ data: { source, through: batch(2) }, stepsPerEpoch: 3, epochs: 1 });
    expect(error).toBe(problem);
    expect(events.at(-1)?.type).not.toBe('runEnd');
  });

  it('that fails after a step has failed is not: the first error counts', async () => {
    const source = closing(() => Promise.reject(problem));
    const { error } = await outcomeOf({ learner: fakeLearner({ failAt: 1 }), data: { source, through: batch(2) } });
    expect(error).toMatchObject({ message: /fails, as it was told/ });
  });

  it('that throws at once is the error of the run, too', async () => {
    const source: StreamSource = {
      ...closing(async () => {}),
      open: () => ({
        [Symbol.iterator]: () => ({
          next: () => ({ done: false, value: { x: Uint8Array.of(1, 0), y: 0 } }),
          return() {
            throw problem;
          },
        }),
      }),
    };
    expect((await outcomeOf({ data: { source, through: batch(2) }, stepsPerEpoch: 3 })).error).toBe(problem);
  });
});

describe('a loss that is not finite', () => {
  const losses = (call: number) => (call === 4 ? Number.NaN : 1);

  it("ends the run with an error, and leaves the weights of the epoch's beginning", async () => {
    const learner = fakeLearner({ losses });
    const before = fakeLearner();
    await eventsOf({ learner: before, epochs: 1 });
    const { events, error } = await outcomeOf({ learner });
    expect(error).toBeInstanceOf(NonFiniteLossError);
    expect(error).toMatchObject({ epoch: 1, step: 1 });
    expect(events.at(-1)).toMatchObject({ type: 'step', iterations: 5 });
    expect((await learner.state()).weights).toEqual((await before.state()).weights);
  });

  it('is passed over where that is asked for', async () => {
    const { error } = await outcomeOf({ learner: fakeLearner({ losses }), onNonFinite: 'continue' });
    expect(error).toBeUndefined();
  });

  it('is dealt with by a controller that stops', async () => {
    const events = await eventsOf({ learner: fakeLearner({ losses }), controllers: [terminateOnNonFinite()] });
    expect(events.at(-1)).toMatchObject({ reason: 'non-finite loss', iterations: 5 });
  });
});

describe('stepsPerEpoch', () => {
  const rowsOf = ({ calls }: FakeLearner): number[][] =>
    calls.flatMap(call => (call.method === 'step' && call.batch.kind === 'rows' ? [[...call.batch.rows]] : []));

  it('makes epochs of one unbroken stream, pass after pass', async () => {
    const learner = fakeLearner();
    const data = { source: arraySource({ size: 5 }), through: batch(2), shuffle: false };
    const events = await eventsOf({ learner, data, stepsPerEpoch: 2, epochs: 3 });
    expect(rowsOf(learner)).toEqual([[0, 1], [2, 3], [4], [0, 1], [2, 3], [4]]);
    expect(events.map(({ type }) => type).join(' ')).toBe(
      `runStart ${'epochStart step step epochEnd '.repeat(3)}trainEnd runEnd`,
    );
  });

  it.each([0, 1, 5])('draws no sample of an endless stream in vain, with %i batches ahead', async ahead => {
    let [drawn, opened, returned] = [0, 0, 0];
    const source: StreamSource = {
      kind: 'stream',
      name: 'endless',
      inputShape: [2],
      *open() {
        opened++;
        try {
          for (;;) yield { x: Uint8Array.of(drawn++, 0), y: 0 };
        } finally {
          returned++;
        }
      },
    };
    await eventsOf({ data: { source, through: batch(3) }, stepsPerEpoch: 4, epochs: 3, ahead });
    expect([drawn, opened, returned]).toEqual([36, 1, 1]);
  });

  it('opens a stream that ends anew', async () => {
    const data = { source: streamSource({ size: 4 }), through: batch(2) };
    const events = await eventsOf({ data, stepsPerEpoch: 3, epochs: 2 });
    expect(events.at(-1)).toMatchObject({ iterations: 6, epochs: 2 });
  });
});

describe('directives', () => {
  const asked = (events: readonly TrainEvent[]) =>
    events.flatMap(event => (event.type === 'directive' ? [event.directive.type] : []));

  it('of one barrier are carried out in the documented order, each told by an event', async () => {
    const all: Directive[] = [
      stop(),
      { type: 'restore', by: 'test', weights: 'w' },
      { type: 'setLearningRate', by: 'test', value: 1 },
      { type: 'remember', by: 'test', weights: 'w' },
      { type: 'saveCheckpoint', by: 'test', file: 'a.h5' },
      { type: 'scaleLearningRate', by: 'test', factor: 0.5 },
    ];
    const saveModel = async () => {};
    const events = await eventsOf({ controllers: hooks({ step: () => all }), saveModel });
    expect(asked(events)).toEqual([
      'saveCheckpoint',
      'remember',
      'setLearningRate',
      'scaleLearningRate',
      'restore',
      'stop',
    ]);
    expect(events.slice(2, 5).map(({ type }) => type)).toEqual(['step', 'checkpoint', 'directive']);
  });

  it('of an unknown type are an error that names who asked', async () => {
    const asking = lambda({ epochEnd: () => [{ type: 'halt', by: 'me' } as unknown as Directive] });
    await expect(eventsOf({ controllers: [asking] })).rejects.toThrow(/Unknown directive of 'me' 'halt'.*Known:.*stop/);
  });

  it('to stop without a reason are an error that names who asked', async () => {
    const asking = lambda({ epochEnd: () => [{ type: 'stop', by: 'me' } as unknown as Directive] });
    await expect(eventsOf({ controllers: [asking] })).rejects.toThrow(/'me' asks to stop.*got undefined/);
  });

  it('after the last epoch are told as of that epoch', async () => {
    const controller = lambda({ trainEnd: () => [{ type: 'stop', by: 'me', reason: 'late' }] });
    const events = await eventsOf({ controllers: [controller] });
    const told = events.filter(({ type }) => type === 'trainEnd' || type === 'directive');
    expect(told.map(event => [event.type, 'epoch' in event && event.epoch])).toEqual([
      ['trainEnd', 1],
      ['directive', 1],
    ]);
  });

  it('of every controller count, policy or operator', async () => {
    const operator: OperatorFunction<TrainEvent, Directive> = events =>
      events.pipe(
        takeWhile(({ type }) => type !== 'epochEnd'),
        map((): Directive => ({ type: 'scaleLearningRate', by: 'operator', factor: 0.5 })),
      );
    const controllers = [
      ...hooks({ step: () => ask({ type: 'scaleLearningRate', by: 'test', factor: 0.1 }) }),
      operator,
    ];
    const events = await eventsOf({ controllers, epochs: 1 });
    const steps = events.flatMap(event => (event.type === 'step' ? [event.logs.learning_rate] : []));
    expect(steps[0]).toBeLessThan(0.05);
    expect(steps[1]).toBeLessThan(steps[0]);
  });

  it('count in the order of the controllers, policies and operators alike: of two rates the last one', async () => {
    const setting = (by: string, value: number): Directive => ({ type: 'setLearningRate', by, value });
    const [policy] = hooks({ epochStart: () => ask(setting('policy', 0.5)) });
    const operator: OperatorFunction<TrainEvent, Directive> = events =>
      events.pipe(
        filter(({ type }) => type === 'epochStart'),
        map(() => setting('operator', 0.25)),
      );
    const rateOf = async (...controllers: Controller[]) =>
      (await eventsOf({ controllers, epochs: 1 })).find(({ type }) => type === 'epochEnd');
    expect(await rateOf(policy, operator)).toMatchObject({ logs: { learning_rate: 0.25 } });
    expect(await rateOf(operator, policy)).toMatchObject({ logs: { learning_rate: 0.5 } });
  });

  it('scale the schedule, and set the rate of the very next step', async () => {
    const learner = fakeLearner({ learningRate: iterations => 1 / (iterations + 1) });
    const controllers = hooks({
      step: ({ step }) =>
        step === 0
          ? ask({ type: 'scaleLearningRate', by: 'test', factor: 0.5 })
          : ask({ type: 'setLearningRate', by: 'test', value: 0.25 }),
    });
    await eventsOf({ learner, controllers, epochs: 1 });
    const rates = learner.calls.flatMap(call => (call.method === 'step' ? [call.options.learningRate] : []));
    expect(rates).toEqual([1, 0.25, 0.25]);
  });

  it('remember and restore weights, whatever ended the run', async () => {
    const learner = fakeLearner({ losses: [1, 1, 1, 5, 5, 5, 5, 5, 5] });
    const policy = earlyStopping({ monitor: 'loss', restoreBestWeights: true, patience: 1 });
    const events = await eventsOf({ learner, controllers: [policy], epochs: 9 });
    expect(events.at(-1)).toMatchObject({ reason: 'early stopping', epochs: 2 });
    const best = fakeLearner();
    await eventsOf({ learner: best, epochs: 1 });
    expect((await learner.state()).weights).toEqual((await best.state()).weights);
  });

  it.each([
    ['weights that nobody remembers', { type: 'restore', by: 'test', weights: 'w' }, /'w', but the run remembers none/],
    ['a file where nothing can save one', { type: 'saveCheckpoint', by: 'test', file: 'a.h5' }, /'saveModel'/],
    ['a snapshot where there is no store', { type: 'saveCheckpoint', by: 'test' }, /'snapshots'/],
  ] as [string, Directive, RegExp][])('that ask for %s are an error', async (_, directive, message) => {
    const { error } = await outcomeOf({ controllers: hooks({ step: () => ask(directive) }) });
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect((error as Error).message).toMatch(message);
  });

  it.each<[Directive, RegExp]>([
    [{ type: 'setLearningRate', by: 'mine', value: Number.NaN }, /'mine' asks for the learning rate NaN/],
    [{ type: 'setLearningRate', by: 'mine', value: -1 }, /'mine' asks for the learning rate -1/],
    [{ type: 'scaleLearningRate', by: 'mine', factor: Number.POSITIVE_INFINITY }, /the factor of the rate Infinity/],
  ])('of rates that are none are an error that names who asked: %j', async (directive, problem) => {
    const mine = lambda({ epochStart: () => [directive] });
    const { error } = await outcomeOf({ controllers: [mine] });
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect((error as Error).message).toMatch(problem);
  });

  it('for averages are an error that says what to do', async () => {
    expect((await outcomeOf({ controllers: [swapEma()] })).error).toMatchObject({ message: /Leave swapEma\(\) out/ });
  });

  it('that come later than in the same tick are heard at the next barrier', async () => {
    const late: OperatorFunction<TrainEvent, Directive> = () => from(Promise.resolve(stop('late', 'late')));
    expect((await eventsOf({ controllers: [late], epochs: 50 })).at(-1)).toMatchObject({ reason: 'late' });
  });

  it('in answer to a directive are not heard, so that nobody answers himself', async () => {
    const operator: OperatorFunction<TrainEvent, Directive> = events =>
      events.pipe(map((): Directive => ({ type: 'scaleLearningRate', by: 'always', factor: 0.5 })));
    const controllers = [...hooks({ directive: () => ask(stop()) }), operator];
    const events = await eventsOf({ controllers, epochs: 1 });
    expect(asked(events)).toHaveLength(7);
    expect(events.at(-1)).toMatchObject({ reason: 'completed' });
  });

  it('of two writers of the rate that undo each other give one warning', async () => {
    const set = (by: string, value: number): Directive => ({ type: 'setLearningRate', by, value });
    const controllers = [
      ...hooks({ step: () => ask(set('a', 1)) }, 'a'),
      ...hooks({ step: () => ask({ type: 'scaleLearningRate', by: 'b', factor: 0.5 }) }, 'b'),
    ];
    const warnings = (await eventsOf({ controllers })).filter(({ type }) => type === 'warning');
    expect(warnings).toMatchObject([{ code: 'learning-rate-collision', message: /'a' and 'b'/ }]);
  });

  it('of two that scale, or of one that does both, give none', async () => {
    const scale = (by: string): Directive => ({ type: 'scaleLearningRate', by, factor: 0.5 });
    const two = [...hooks({ step: () => ask(scale('a')) }, 'a'), ...hooks({ step: () => ask(scale('b')) }, 'b')];
    const one = hooks({ step: () => ask(scale('a'), { type: 'setLearningRate', by: 'a', value: 1 }) });
    for (const controllers of [two, one]) expect(await typesOf({ controllers })).not.toContain('warning');
  });
});

describe("a learner's warning", () => {
  it('is told before the step that it came with', async () => {
    const learner = fakeLearner();
    const step = learner.step.bind(learner);
    learner.step = async (...given) => ({
      ...(await step(...given)),
      warnings: [{ code: 'eager-fallback', message: 'Slow.' }],
    });
    expect(await typesOf({ learner, epochs: 1, data: { source: ten, through: batch(10) } })).toBe(
      'runStart epochStart warning step epochEnd trainEnd runEnd',
    );
  });
});

describe('augmentation', () => {
  const pictures = fromArrays({ x: { data: new Uint8Array(48), shape: [4, 2, 2, 3] }, y: [0, 1, 0, 1] });
  const through = pipeBatches(batch(2), augmentImages(augmentation({ horizontalFlip: true })));

  it.each([
    [true, 'rows'],
    [false, 'values'],
  ])('is left to a learner whose augments is %s', async (augments, kind) => {
    const learner = Object.assign(fakeLearner(), { augments });
    await eventsOf({ learner, data: { source: pictures, through }, epochs: 1 });
    const batches = learner.calls.flatMap(call => (call.method === 'step' ? [call.batch] : []));
    expect(batches.map(made => made.kind)).toEqual([kind, kind]);
    expect(batches.map(made => 'augmentation' in made)).toEqual([kind === 'rows', kind === 'rows']);
  });
});

describe('streams that are mixed and indexed sources', () => {
  it('are trained on like any', async () => {
    const mixed = { source: streamSource({ size: 8 }), through: pipe(shuffle({ window: 3 }), batch(4)) };
    expect((await eventsOf({ data: mixed })).at(-1)).toMatchObject({ iterations: 4 });
    const indexed = { source: indexedSource({ size: 8 }), through: batch(4) };
    expect((await eventsOf({ data: indexed, stopOn: NEVER })).at(-1)).toMatchObject({ iterations: 4 });
  });
});
