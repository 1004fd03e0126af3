import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { from, lastValueFrom, Subject, toArray } from 'rxjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type TensorBoardOptions, tensorBoard } from '../../operators/tensorBoard.js';
import { epochEnd, epochStart, runEnd, runStart, stepEvent, validationEvent } from '../../operators/testing/events.js';
import type { TrainEvent } from '../../src/event/trainEvent.js';
import { readPoints } from '../helpers/tensorBoardFile.js';
import { temporaryFolder } from '../src/file/temporaryFolder.js';

const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
afterEach(() => stderr.mockClear());

const step = (iterations: number, loss: number, time = iterations): TrainEvent =>
  stepEvent({ time, iterations, logs: { loss, learning_rate: 0.5 } });

/** Two epochs of two steps each. */
const run: readonly TrainEvent[] = [
  runStart(),
  epochStart(),
  step(1, 4),
  step(2, 3),
  validationEvent({ time: 500, iterations: 2, logs: { val_loss: 8, val_accuracy: 0.25 } }),
  epochEnd({ time: 500, iterations: 2, logs: { loss: 3, learning_rate: 0.5, val_loss: 8, val_accuracy: 0.25 } }),
  epochStart({ time: 1000, epoch: 1, iterations: 2 }),
  step(3, 2),
  step(4, 1),
  epochEnd({ time: 5000, epoch: 1, iterations: 4, logs: { loss: 1, learning_rate: 0.5 } }),
  runEnd(),
];

const write = async (events: readonly TrainEvent[], options?: TensorBoardOptions, folder = temporaryFolder()) => {
  expect(await lastValueFrom(from(events).pipe(tensorBoard(folder, options), toArray()))).toEqual(events);
  const curve = (part: string) => readPoints(join(folder, part)).map(({ tag, step, value }) => [tag, step, value]);
  return { folder, train: curve('train'), validation: curve('validation') };
};

const epochs = [
  ['epoch_loss', 0, 3],
  ['epoch_learning_rate', 0, 0.5],
  ['epoch_loss', 1, 1],
  ['epoch_learning_rate', 1, 0.5],
];

describe('tensorBoard', () => {
  it("writes each epoch's curves in Keras's folders by Keras's names", async () => {
    const { train, validation } = await write(run);
    expect(train).toEqual(epochs);
    expect(validation).toEqual([
      ['evaluation_loss_vs_iterations', 2, 8],
      ['evaluation_accuracy_vs_iterations', 2, 0.25],
      ['epoch_loss', 0, 8],
      ['epoch_accuracy', 0, 0.25],
    ]);
  });

  it.each<[NonNullable<TensorBoardOptions['updateFreq']>, number[]]>([
    ['batch', [1, 2, 3, 4]],
    [2, [2, 4]],
    [3, [3]],
    [5, []],
  ])('writes with updateFreq %s a point at the steps %j as well', async (updateFreq, steps) => {
    const { train } = await write(run, { updateFreq });
    const ofBatches = train.filter(([tag]) => String(tag).startsWith('batch_'));
    expect(ofBatches).toEqual(
      steps.flatMap(at => [
        ['batch_loss', at, 5 - at],
        ['batch_learning_rate', at, 0.5],
      ]),
    );
    expect(train.filter(point => !ofBatches.includes(point))).toEqual(epochs);
  });

  it('tells steps a second of epochs, and of what lies between two points of one', async () => {
    const { train } = await write(run, { updateFreq: 'batch', writeStepsPerSecond: true });
    expect(train.filter(([tag]) => String(tag).endsWith('steps_per_second'))).toEqual([
      ['batch_steps_per_second', 2, 1000],
      ['epoch_steps_per_second', 0, 4],
      ['batch_steps_per_second', 4, 1000],
      ['epoch_steps_per_second', 1, 0.5],
    ]);
  });

  it('takes steps together that one call took, and leaves a validation out', async () => {
    const calls = [1, 2, 3, 4, 5, 6].map(at => step(at, 0, 10 + 20 * Math.ceil(at / 2)));
    const events = [epochStart(), ...calls, validationEvent(), step(7, 0, 900), step(8, 0, 920)];
    const { train } = await write(events, { updateFreq: 'batch', writeStepsPerSecond: true });
    expect(train.filter(([tag]) => tag === 'batch_steps_per_second')).toEqual([
      ['batch_steps_per_second', 3, 100],
      ['batch_steps_per_second', 5, 100],
      ['batch_steps_per_second', 8, 50],
    ]);
  });

  it('takes back what a killed run wrote beyond the checkpoint from which it is resumed', async () => {
    const folder = temporaryFolder();
    const options = { updateFreq: 'batch' } as const;
    await write(run.slice(0, -2), options, folder);
    const resumed = runStart({ resumedFrom: { epoch: 1, step: 1, iterations: 3, events: 8 } });
    const { train, validation } = await write([resumed, ...run.slice(-3)], options, folder);
    const unbroken = await write(run, options);
    expect(train).toEqual(unbroken.train);
    expect(validation).toEqual(unbroken.validation);
  });

  it('counts the speed of a resumed run from where it goes on', async () => {
    const resumed = runStart({ time: 1000, resumedFrom: { epoch: 1, step: 1, iterations: 3, events: 8 } });
    const { train } = await write([resumed, ...run.slice(-3)], { writeStepsPerSecond: true });
    expect(train).toContainEqual(['epoch_steps_per_second', 1, 0.25]);
  });

  it("gives the events' own time, and what isn't a number", async () => {
    const { folder } = await write([
      epochEnd({ time: 1500, logs: { loss: Number.NaN, best: Number.POSITIVE_INFINITY } }),
    ]);
    expect(readPoints(join(folder, 'train'))).toEqual([
      { tag: 'epoch_loss', step: 0, value: Number.NaN, time: 1.5 },
      { tag: 'epoch_best', step: 0, value: Number.POSITIVE_INFINITY, time: 1.5 },
    ]);
  });

  it('begins a file of its own at each subscription, and none for what never comes', async () => {
    const folder = temporaryFolder();
    await write(run.slice(-2), {}, folder);
    await write(run.slice(-2), {}, folder);
    expect(readdirSync(folder)).toEqual(['train']);
    const names = readdirSync(join(folder, 'train'));
    expect(names).toHaveLength(2);
    for (const name of names) {
      expect(name).toMatch(/^events\.out\.tfevents\.\d{10}\..+\.0\.\d{6}\.v2$/);
      expect(name).toContain(`.${hostname()}.${process.pid}.`);
    }
  });

  it.skipIf(process.platform !== 'linux').each(['complete', 'error', 'unsubscribe'])(
    'closes its files on %s',
    ending => {
      const open = (): number => readdirSync('/proc/self/fd').length;
      const before = open();
      const events = new Subject<TrainEvent>();
      const subscription = events.pipe(tensorBoard(temporaryFolder())).subscribe({ error: () => undefined });
      for (const event of run) events.next(event);
      expect(open()).toBe(before + 2);
      if (ending === 'complete') events.complete();
      else if (ending === 'error') events.error(new Error('no'));
      else subscription.unsubscribe();
      expect(open()).toBe(before);
    },
  );

  it('has each point on the disk as soon as its event has passed', () => {
    const folder = temporaryFolder();
    const events = new Subject<TrainEvent>();
    events.pipe(tensorBoard(folder)).subscribe();
    events.next(epochEnd({ logs: { loss: 2 } }));
    expect(readPoints(join(folder, 'train'))).toHaveLength(1);
  });

  it('lets the run go on where it cannot write, and says so once a folder', async () => {
    const blocked = join(temporaryFolder(), 'file');
    writeFileSync(blocked, '');
    await write(run, { updateFreq: 'batch' }, join(blocked, 'runs'));
    const each = expect.stringMatching(/^gradstream: tensorBoard: E(EXIST|NOTDIR)/);
    expect(stderr.mock.calls).toEqual([[each], [each]]);
    expect(readFileSync(blocked, 'utf8')).toBe('');
  });

  it('writes the one folder where it cannot write the other', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'train'), '');
    const { validation } = await write(run, {}, folder).catch(() => ({
      validation: readPoints(join(folder, 'validation')),
    }));
    expect(validation).toHaveLength(4);
    expect(stderr).toHaveBeenCalledTimes(1);
  });

  it.each([0, -1, 1.5, Number.NaN, 'never'])('refuses an updateFreq of %s', updateFreq => {
    expect(() => tensorBoard('runs', { updateFreq: updateFreq as number })).toThrow(
      /tensorBoard: updateFreq must be a whole number from 1 on, got /,
    );
  });
});
