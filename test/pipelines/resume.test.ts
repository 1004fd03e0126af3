import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import {
  filter,
  firstValueFrom,
  ignoreElements,
  lastValueFrom,
  map,
  type OperatorFunction,
  of,
  pipe,
  Subject,
  take,
  tap,
  toArray,
} from 'rxjs';
import { describe, expect, it } from 'vitest';
import { batch } from '../../operators/batch.js';
import { shuffle } from '../../operators/shuffle.js';
import { fakeLearner } from '../../operators/testing/fakeLearner.js';
import { arraySource, indexedSource, streamSource } from '../../operators/testing/sources.js';
import { eventLog } from '../../pipelines/eventLog.js';
import { type TrainOptions, train } from '../../pipelines/train.js';
import type { Controller } from '../../pipelines/training/controllers.js';
import { folderStore } from '../../src/checkpoint/folderStore.js';
import type { Snapshot } from '../../src/checkpoint/snapshot.js';
import { FileAccessError } from '../../src/error/fileAccessError.js';
import { ResumeMismatchError } from '../../src/error/resumeMismatchError.js';
import type { Directive } from '../../src/event/directive.js';
import type { TrainEvent } from '../../src/event/trainEvent.js';
import { UnbrokenEvents } from '../../src/event/unbrokenEvents.js';
import { earlyStopping } from '../../src/policy/earlyStopping.js';
import { lambda } from '../../src/policy/lambda.js';
import type { Policy } from '../../src/policy/policy.js';
import { reduceLearningRateOnPlateau } from '../../src/policy/reduceLearningRateOnPlateau.js';
import { swapEma } from '../../src/policy/swapEma.js';
import { memoryStore } from '../helpers/memoryStore.js';
import { temporaryFolder } from '../src/file/temporaryFolder.js';

const bumpy = (iterations: number): number => 0.4 / (1 + (iterations % 5));

/** A run in which everything that can go wrong on resume matters: order, rate, remembered weights, policy states. */
function options(given: Partial<TrainOptions> = {}): TrainOptions {
  return {
    learner: () => fakeLearner({ metrics: ['accuracy'], learningRate: bumpy, compiled: true }),
    data: { source: arraySource({ size: 10 }), through: batch(4) },
    validation: { source: arraySource({ size: 3, name: 'test' }), through: batch(2), everySteps: 2 },
    epochs: 4,
    seed: 3,
    controllers: [
      reduceLearningRateOnPlateau({ monitor: 'loss', factor: 0.5, patience: 1 }),
      earlyStopping({ patience: 2, restoreBestWeights: true }),
      lambda({
        step: ({ iterations }) => (iterations % 4 === 0 ? [{ type: 'setLearningRate', by: 'l', value: 0.1 }] : []),
      }),
      eventCounter,
    ],
    ...given,
  };
}

/** Asks to stop after so many events of any type: a state that is wrong by one shows. */
const eventCounter: Policy<number> = {
  key: 'counter',
  init: () => 0,
  update: (count, { type }) => [
    type === 'runStart' ? count : count + 1,
    count > 28 ? [{ type: 'stop', by: 'counter', reason: `${count} events` }] : [],
  ],
};

const timeless = (events: readonly TrainEvent[]) => events.map(({ time, ...event }) => event);

const run = (given: TrainOptions): Promise<TrainEvent[]> => lastValueFrom(train(given).pipe(toArray()));

/** Lets a run be killed after so many events, then goes on from the newest snapshot, until it isn't killed any more. */
async function withKills(given: TrainOptions, kills: readonly number[]): Promise<TrainEvent[]> {
  const saved: Snapshot[] = [];
  let events: TrainEvent[] = [];
  for (const kill of [...kills, Number.POSITIVE_INFINITY]) {
    // What is saved after the kill is lost with the process.
    const snapshots = memoryStore(saved);
    const unbroken = new UnbrokenEvents();
    const resumed = { ...given, snapshots, resume: true };
    const seen = await lastValueFrom(train(resumed).pipe(take(kill), toArray()));
    const [start] = seen;
    if (start?.type === 'runStart') events = events.slice(0, start.resumedFrom?.events ?? 0);
    events.push(...seen.filter(event => unbroken.includes(event)));
    await new Promise(resolve => setImmediate(resolve));
    if (events.at(-1)?.type === 'runEnd') return events;
  }
  return events;
}

/** Stops a run from outside at an event and resumes it: what came after that, and the events of both together. */
async function interruptedAt(whole: TrainOptions, at: (event: TrainEvent) => boolean) {
  const snapshots = memoryStore();
  const stopOn = new Subject<string>();
  const interrupted = train({ ...whole, snapshots, stopOn }).pipe(
    tap(event => {
      if (at(event)) stopOn.next('interrupted');
    }),
    toArray(),
  );
  const before = await lastValueFrom(interrupted);
  const [start, ...after] = await run({ ...whole, snapshots, resume: true });
  const covered = start.type === 'runStart' ? start.resumedFrom?.events : undefined;
  return { after, events: [...before.slice(0, covered), ...after] };
}

const sources: [string, Partial<TrainOptions>][] = [
  ['rows in memory', {}],
  ['rows that are read', { data: { source: indexedSource({ size: 10 }), through: batch(4) } }],
  [
    'a stream that is mixed',
    { data: { source: streamSource({ size: 10 }), through: pipe(shuffle({ window: 4 }), batch(4)) } },
  ],
  ['epochs of steps', { stepsPerEpoch: 4 }],
  ['calls of several steps', { stepsPerExecution: 2 }],
  ['calls of several steps in epochs of steps', { stepsPerExecution: 3, stepsPerEpoch: 5 }],
  [
    'epochs of steps of a stream',
    { data: { source: streamSource({ size: 10 }), through: batch(4) }, stepsPerEpoch: 2 },
  ],
  ['a dropped remainder', { data: { source: arraySource({ size: 10 }), through: batch(4, { remainder: 'drop' }) } }],
];

describe('a run that is killed and resumed', () => {
  it.each(sources)('gives the events of an unbroken one, wherever it is killed: %s', async (_, given) => {
    const unbroken = timeless(await run(options(given)));
    expect(unbroken.length).toBeGreaterThan(15);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 4 }),
        fc.constantFrom(0, 1_000_000),
        async (kills, snapshotEveryMs) => {
          const resumed = await withKills(options({ ...given, snapshotEveryMs }), kills);
          expect(timeless(resumed)).toEqual(unbroken);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('says where it goes on, and begins no epoch again', async () => {
    const snapshots = memoryStore();
    await lastValueFrom(train(options({ snapshots, snapshotEveryMs: 0 })).pipe(take(6)));
    await new Promise(resolve => setImmediate(resolve));
    const [start, next] = await run(options({ snapshots, resume: true, snapshotEveryMs: 0 }));
    expect(start).toMatchObject({ resumedFrom: { epoch: 0, step: 2, iterations: 2, events: 5 } });
    expect(next).toMatchObject({ type: 'step', step: 2 });
  });

  it.each([{}, { resume: false }])('is not what a run is that was not told to go on: %o', async given => {
    const snapshots = folderStore(temporaryFolder());
    await run(options({ snapshots, epochs: 1 }));
    await expect(run(options({ snapshots, ...given }))).rejects.toThrow(/holds the checkpoints of a run/);
  });

  it('begins anew where there is no snapshot', async () => {
    const events = await run(options({ snapshots: memoryStore(), resume: true }));
    expect(events[0]).toMatchObject({ resumedFrom: null });
    expect(timeless(events)).toEqual(timeless(await run(options())));
  });

  it('goes on after an interruption, but stays stopped where a controller stopped it', async () => {
    const snapshots = memoryStore();
    const interrupted = options({ snapshots, controllers: [], epochs: 1 });
    await run({ ...interrupted, stopOn: of('interrupted') });
    const events = await run({ ...interrupted, resume: true });
    expect(events.at(-1)).toMatchObject({ reason: 'completed', epochs: 1 });

    const stopped = memoryStore();
    const stopping = options({ snapshots: stopped });
    const first = await run(stopping);
    const again = await run({ ...stopping, resume: true });
    expect(timeless(again.slice(1))).toEqual(timeless(first.slice(-again.length + 1)));
    expect(again.at(-1)).toMatchObject({ type: 'runEnd', reason: (first.at(-1) as { reason: string }).reason });
  });

  it('begins no epoch twice where it was interrupted before its first step', async () => {
    const whole = options({ controllers: [], epochs: 3 });
    const { events } = await interruptedAt(whole, event => event.type === 'epochStart' && event.epoch === 1);
    expect(timeless(events)).toEqual(timeless(await run(whole)));
  });

  it.each([1, 3])('does the validation before which it was interrupted (%d steps a call)', async stepsPerExecution => {
    const whole = options({ controllers: [], epochs: 2, stepsPerExecution });
    const { events, after } = await interruptedAt(whole, event => event.type === 'step' && event.iterations === 2);
    expect(after[0]).toMatchObject({ type: 'validation', iterations: 2 });
    expect(timeless(events)).toEqual(timeless(await run(whole)));
  });

  it('passes over losses that are not finite where it did so before', async () => {
    const given = (losses: number[]) =>
      options({ controllers: [], epochs: 1, onNonFinite: 'continue', learner: () => fakeLearner({ losses }) });
    const snapshots = memoryStore();
    await lastValueFrom(train({ ...given([1, 1]), snapshots, snapshotEveryMs: 0 }).pipe(take(4)));
    await new Promise(resolve => setImmediate(resolve));
    const events = await run({ ...given([Number.NaN]), snapshots, resume: true });
    expect(events[0]).toMatchObject({ resumedFrom: { step: 1 } });
    expect(events.at(-1)).toMatchObject({ type: 'runEnd', reason: 'completed' });
  });

  it('goes on in spite of a controller that stopped it where it is asked for more epochs', async () => {
    const snapshots = memoryStore();
    const stopping = lambda({ epochEnd: ({ epoch }) => (epoch === 0 ? [{ type: 'stop', by: 'l', reason: 'l' }] : []) });
    const given = { snapshots, controllers: [stopping], epochs: 2 };
    expect((await run(options(given))).at(-1)).toMatchObject({ reason: 'l', epochs: 1 });
    const again = await run(options({ ...given, resume: true, epochs: 3 }));
    expect(again.at(-1)).toMatchObject({ reason: 'completed', epochs: 3 });
  });

  it('has one snapshot written at a time, however slow the disk is, and waits for the last one', async () => {
    const snapshots = memoryStore([], undefined, 3);
    await run(options({ snapshots, snapshotEveryMs: 0, controllers: [] }));
    expect(snapshots.mostAtOnce).toBe(1);
    expect(snapshots.saved.at(-1)?.run).toMatchObject({ epoch: 4, step: 0, iterations: 12 });
    expect(snapshots.closed).toBe(1);
  });

  it('may be asked for more epochs, and is the longer run', async () => {
    const short = options({ snapshots: memoryStore(), controllers: [], epochs: 2 });
    await run(short);
    const longer = await run({ ...short, resume: true, epochs: 5 });
    const whole = await run(options({ controllers: [], epochs: 5 }));
    expect(longer.at(-1)).toMatchObject({ fingerprint: (whole.at(-1) as { fingerprint: string }).fingerprint });
  });

  it.each([
    ['seed', { seed: 4 }, 'seed was 3, is 4.'],
    ['data', { data: { source: arraySource({ size: 11 }), through: batch(4) } }, 'data.rows was 10, is 11.'],
    ['batch size', { data: { source: arraySource({ size: 10 }), through: batch(5) } }, 'stepsPerEpoch was 3, is 2.'],
    ['metrics', { learner: () => fakeLearner() }, 'metrics was ["loss","accuracy"], is ["loss"].'],
    ['config', { config: { batchSize: 5 } }, 'config.batchSize was 4, is 5.'],
    ['epochs', { epochs: 1 }, 'epochs is 1, but the checkpoint is in epoch 2 already.'],
  ] as [string, Partial<TrainOptions>, string][])(
    'refuses another %s, and says exactly what differs',
    async (_, given, message) => {
      const snapshots = memoryStore();
      const config = { batchSize: 4 };
      await lastValueFrom(train(options({ snapshots, snapshotEveryMs: 0, config })).pipe(take(14)));
      const other = run(options({ snapshots, resume: true, config, ...given }));
      await expect(other).rejects.toThrow(ResumeMismatchError);
      await expect(other).rejects.toThrow(message);
      expect(snapshots.closed).toBe(2);
    },
  );

  it('refuses the state of another model or optimizer', async () => {
    const snapshots = memoryStore();
    await run(options({ snapshots, epochs: 1 }));
    const learner = () => {
      const other = fakeLearner({ metrics: ['accuracy'] });
      other.state = async () => ({
        weights: [{ name: 'w', shape: [1], data: Float32Array.of(0) }],
        slots: [{ name: 'w/velocity', shape: [1], data: Float32Array.of(0) }],
      });
      return other;
    };
    await expect(run(options({ snapshots, resume: true, learner }))).rejects.toMatchObject({
      differences: ['weights.w was [], is [1].', 'slots.w/velocity was not given, is [1].'],
    });
  });

  it('goes on where the weights have other names: tfjs numbers the layers of each model of a process anew', async () => {
    const snapshots = memoryStore();
    const learner = (name: string, slot = 'velocity') => {
      const numbered = fakeLearner({ metrics: ['accuracy'] });
      const { state } = numbered;
      numbered.state = async () => {
        const { weights } = await state.call(numbered);
        const [weight] = weights;
        return { weights: [{ ...weight, name }], slots: [{ ...weight, name: `${name}/${slot}` }] };
      };
      return { learner: () => numbered };
    };
    const given = { snapshots, epochs: 2, controllers: [] };
    await run(options({ ...given, epochs: 1, ...learner('dense_Dense1/kernel') }));
    const resumed = await run(options({ ...given, resume: true, ...learner('dense_Dense2/kernel') }));
    expect(resumed.at(-1)).toMatchObject({ type: 'runEnd', epochs: 2 });
    const other = options({ ...given, epochs: 3, resume: true, ...learner('dense_Dense3/kernel', 'momentum') });
    await expect(run(other)).rejects.toMatchObject({
      differences: [
        'slots.dense_Dense3/kernel/velocity was [], is not given.',
        'slots.dense_Dense3/kernel/momentum was not given, is [].',
      ],
    });
  });

  it('says where its controllers are others than before', async () => {
    const snapshots = memoryStore();
    await run(options({ snapshots, epochs: 1 }));
    const controllers = [lambda({}, { key: 'new' })];
    const run$ = train(options({ snapshots, resume: true, controllers }));
    const warning = await firstValueFrom(run$.pipe(filter(({ type }) => type === 'warning')));
    expect(warning).toMatchObject({ code: 'other-controllers', message: /'new' is new.*'counter' is no longer there/ });
  });
});

describe('a snapshot that a controller asks for', () => {
  const asking = (iterations: number) =>
    lambda({ step: event => (event.iterations === iterations ? [{ type: 'saveCheckpoint', by: 'l' }] : []) });
  const savedAt = async (given: Partial<TrainOptions>, delay?: number) => {
    const snapshots = memoryStore([], undefined, delay);
    await run(options({ snapshots, epochs: 2, ...given }));
    return snapshots.saved.map(({ run }) => run.iterations);
  };

  it('is taken after the step that it was asked at, once, besides those at the ends of epochs', async () => {
    expect(await savedAt({ controllers: [] })).toEqual([3, 6]);
    expect(await savedAt({ controllers: [asking(2)] })).toEqual([2, 3, 6]);
  });

  it('is taken also while the one before is being written', async () => {
    expect(await savedAt({ controllers: [asking(4)] }, 30)).toEqual([3, 4, 6]);
  });
});

describe('a controller that is new in a resumed run', () => {
  const arming = (key: string) =>
    lambda({ runStart: () => [{ type: 'saveCheckpoint', by: key, file: `${key}.h5`, when: 'exception' }] }, { key });
  const averaging = (seen: string[]) => () =>
    Object.assign(fakeLearner(), {
      async withAverages<T>(work: () => Promise<T>): Promise<T> {
        seen.push('averages');
        return work();
      },
    });

  /** One epoch with the one controllers, then a second one with the others, in which the first step fails. */
  async function files(before: Controller[], after: Controller[]): Promise<string[]> {
    const snapshots = memoryStore();
    const saved: string[] = [];
    const saveModel = async (file: string) => void saved.push(file);
    const given = { snapshots, saveModel };
    await run(options({ ...given, controllers: before, epochs: 1 }));
    const resumed = run(
      options({
        ...given,
        controllers: after,
        learner: () => fakeLearner({ failAt: 0, metrics: ['accuracy'] }),
        resume: true,
      }),
    );
    await expect(resumed).rejects.toThrow('fails, as it was told');
    return saved;
  }

  it('has what it asks at the start', async () => {
    expect(await files([], [arming('new')])).toEqual(['new.h5']);
    expect(await files([arming('old')], [arming('old'), arming('new')])).toEqual(['old.h5', 'new.h5']);
  });

  it('leaves nothing of one that is gone', async () => {
    expect(await files([arming('gone')], [])).toEqual([]);
    expect(await files([arming('gone')], [arming('new')])).toEqual(['new.h5']);
  });

  it('is asked after the warning that there is one, and what it gets is told', async () => {
    const snapshots = memoryStore();
    await run(options({ snapshots, controllers: [], epochs: 1 }));
    const rate = lambda({ runStart: () => [{ type: 'setLearningRate', by: 'new', value: 0.5 }] }, { key: 'new' });
    const events = await run(options({ snapshots, controllers: [rate], epochs: 2, resume: true }));
    expect(events.slice(0, 4).map(({ type }) => type)).toEqual(['runStart', 'warning', 'directive', 'epochStart']);
    expect(events[3]).toMatchObject({ learningRate: 0.5 });
    const again = await run(options({ snapshots, controllers: [rate], epochs: 3, resume: true }));
    expect(again.map(({ type }) => type)).not.toContain('directive');
  });

  it('may be an operator, which is not: it begins afresh at each resumption', async () => {
    const operator: OperatorFunction<TrainEvent, Directive> = events =>
      events.pipe(
        filter(({ type }) => type === 'runStart'),
        map((): Directive => ({ type: 'scaleLearningRate', by: 'operator', factor: 0.5 })),
      );
    const snapshots = memoryStore();
    const given = { snapshots, controllers: [operator] };
    expect((await run(options({ ...given, epochs: 1 }))).map(({ type }) => type)).toContain('directive');
    const resumed = await run(options({ ...given, epochs: 2, resume: true }));
    expect(resumed.map(({ type }) => type)).not.toContain('directive');
  });

  it('validates with averages as long as it is there', async () => {
    const snapshots = memoryStore();
    const seen: string[] = [];
    const given = { snapshots, learner: averaging(seen) };
    await run(options({ ...given, controllers: [], epochs: 1 }));
    expect(seen).toEqual([]);
    await run(options({ ...given, controllers: [swapEma()], epochs: 2, resume: true }));
    const before = seen.length;
    expect(before).toBeGreaterThan(0);
    await run(options({ ...given, controllers: [swapEma()], epochs: 3, resume: true }));
    expect(seen.length).toBeGreaterThan(before);
    const last = seen.length;
    await run(options({ ...given, controllers: [], epochs: 4, resume: true }));
    expect(seen).toHaveLength(last);
  });
});

describe('the event log of a run that is killed and resumed', () => {
  it('has in the end the events of an unbroken run', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'events.jsonl');
    const read = () =>
      readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map(line => JSON.parse(line))
        .map(({ time, ...event }) => event);
    await lastValueFrom(train(options()).pipe(eventLog(file)));
    const unbroken = read();

    const snapshots = memoryStore();
    for (const kill of [9, 3, 8, 100]) {
      await lastValueFrom(
        train(options({ snapshots, resume: true, snapshotEveryMs: 0 })).pipe(eventLog(file), take(kill)),
      );
      await new Promise(resolve => setImmediate(resolve));
      // As if the process had written on after the snapshot, and was killed in the middle of a line.
      if (kill < 100) writeFileSync(file, '{"type":"step"}\n{"type":', { flag: 'a' });
    }
    expect(read()).toEqual(unbroken);
  });
});

describe('a disk that is full', () => {
  const full = () => new FileAccessError('run', 'ENOSPC', "Can't write run (ENOSPC).");

  it('is told by a warning, and the run goes on and tries again', async () => {
    let left = 1;
    const snapshots = memoryStore([], () => (left-- > 0 ? full() : undefined));
    const events = await run(options({ snapshots, controllers: [] }));
    expect(events.filter(({ type }) => type === 'warning')).toMatchObject([
      { code: 'checkpoint-not-saved', message: /ENOSPC/ },
    ]);
    expect(events.at(-1)).toMatchObject({ reason: 'completed' });
    expect(snapshots.saved).toHaveLength(3);
  });

  it('is told once for as long as it stays so', async () => {
    // Fails, fails, saves, fails: one snapshot after each step, one at the end.
    const outcomes = [full(), full(), undefined];
    const snapshots = memoryStore([], () => (outcomes.length > 0 ? outcomes.shift() : full()));
    const events = await run(options({ snapshots, controllers: [], snapshotEveryMs: 0 }));
    expect(snapshots.saved).toHaveLength(1);
    expect(events.filter(({ type }) => type === 'warning')).toHaveLength(2);
  });

  it('stops the run where that is asked for', async () => {
    const snapshots = memoryStore([], full);
    const events = await run(options({ snapshots, controllers: [], onSaveError: 'stop' }));
    expect(events.at(-1)).toMatchObject({ reason: 'checkpoint not saved', epochs: 1 });
  });

  it('is told where the last snapshot fails, too', async () => {
    let left = 3;
    const snapshots = memoryStore([], () => (left-- > 0 ? undefined : full()), 2);
    const events = await run(options({ snapshots, controllers: [] }));
    expect(events.map(({ type }) => type).slice(-3)).toEqual(['warning', 'trainEnd', 'runEnd']);
  });

  it('that cannot be opened at all is told at the start', async () => {
    const snapshots = { ...memoryStore(), open: () => Promise.reject(full()) };
    const events = await run(options({ snapshots, controllers: [] }));
    expect(events[1]).toMatchObject({ code: 'checkpoint-not-saved' });
    expect(events.at(-1)).toMatchObject({ reason: 'completed' });
  });

  it("leaves a controller's older files where the new one fails", async () => {
    const old = join(temporaryFolder(), 'old.h5');
    writeFileSync(old, 'old');
    const asked = { type: 'saveCheckpoint', by: 'l', file: 'new.h5', replaces: [old] } as const;
    const saving = (saveModel: () => Promise<void>) =>
      run(options({ epochs: 1, controllers: [lambda({ epochEnd: () => [asked] })], saveModel }));
    const events = await saving(() => Promise.reject(full()));
    expect(events.map(({ type }) => type)).not.toContain('checkpoint');
    expect(readFileSync(old, 'utf8')).toBe('old');
    expect((await saving(async () => {})).map(({ type }) => type)).toContain('checkpoint');
    expect(() => readFileSync(old)).toThrow('ENOENT');
  });

  it('is not what another error is', async () => {
    const snapshots = memoryStore([], () => new Error('bug'));
    await expect(run(options({ snapshots }))).rejects.toThrow('bug');
  });
});

describe('a file to be saved when the run fails', () => {
  const armed = lambda({
    runStart: () => [{ type: 'saveCheckpoint', by: 'l', file: 'failed.h5', when: 'exception' }],
  });
  const failing = (given: Partial<TrainOptions> = {}) =>
    options({ learner: () => fakeLearner({ failAt: 2 }), controllers: [armed], ...given });

  async function outcomeOf(given: TrainOptions): Promise<{ files: string[]; types: string[]; error: unknown }> {
    const files: string[] = [];
    const types: string[] = [];
    const saveModel = async (file: string) => void files.push(file);
    const observed = train({ saveModel, ...given }).pipe(tap(({ type }) => types.push(type)));
    const error = await lastValueFrom(observed).catch(error => error);
    return { files, types, error };
  }

  it('is saved then, and only then', async () => {
    const { files, types, error } = await outcomeOf(failing());
    expect(files).toEqual(['failed.h5']);
    expect(types.at(-1)).toBe('checkpoint');
    expect(error).toMatchObject({ message: /fails, as it was told/ });
    expect((await outcomeOf(options({ controllers: [armed] }))).files).toEqual([]);
  });

  it("is saved after a controller's failure, too, also where telling of it fails", async () => {
    const operator: OperatorFunction<TrainEvent, Directive> = events =>
      events.pipe(
        tap(({ type }) => {
          if (type === 'step') throw new Error('operator');
        }),
        ignoreElements(),
      );
    const telling = lambda(
      {
        checkpoint() {
          throw new Error('telling');
        },
      },
      { key: 'telling' },
    );
    const { files, error } = await outcomeOf(failing({ controllers: [armed, operator] }));
    expect([files, error]).toMatchObject([['failed.h5'], { message: 'operator' }]);
    const both = await outcomeOf(failing({ controllers: [armed, operator, telling] }));
    expect([both.files, both.error]).toMatchObject([['failed.h5'], { message: 'operator' }]);
  });

  it('is remembered by a resumed run', async () => {
    const snapshots = memoryStore();
    await outcomeOf(options({ controllers: [armed], epochs: 1, snapshots, learner: () => fakeLearner() }));
    expect((await outcomeOf(failing({ snapshots, resume: true, epochs: 2 }))).files).toEqual(['failed.h5']);
  });

  it('is left as it is by a run that is refused at its start', async () => {
    const snapshots = memoryStore();
    await outcomeOf(options({ controllers: [armed], epochs: 1, snapshots }));
    const { files, error } = await outcomeOf(options({ controllers: [armed], seed: 4, snapshots, resume: true }));
    expect([files, error]).toEqual([[], expect.any(ResumeMismatchError)]);
  });

  it('that cannot be saved is a warning before the error', async () => {
    const saveModel = () => Promise.reject(new Error('no'));
    const { types, error } = await outcomeOf(failing({ saveModel }));
    expect(types.at(-1)).toBe('warning');
    expect(error).toMatchObject({ message: /fails, as it was told/ });
  });
});
