import { join } from 'node:path';
import { concat, NEVER, Observable, type OperatorFunction, of, Subject, Subscription, throwError } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import * as exported from '../../operators/index.js';
import { epochEnd, runStart, stepEvent } from '../../operators/testing/events.js';
import { fakeLearner } from '../../operators/testing/fakeLearner.js';
import { batchOf, sampleOf } from '../../operators/testing/samples.js';
import { augmentation } from '../../src/augment/augmentation.js';
import { fromArrays } from '../../src/data/fromArrays.js';
import { lambda } from '../../src/policy/lambda.js';
import { temporaryFolder } from '../src/file/temporaryFolder.js';

/** An operator made anew, and what may come in. */
interface Row {
  readonly make: () => OperatorFunction<unknown, unknown>;
  readonly inputs: readonly unknown[];
}

const operator = <T, R>(make: () => OperatorFunction<T, R>, inputs: readonly T[]): Row => ({
  make: make as () => OperatorFunction<unknown, unknown>,
  inputs,
});

const samples = [0, 1, 2, 3].map(position => sampleOf({ position }));
const batches = [batchOf([0, 1]), batchOf([2, 3])];
const pictures = fromArrays({ x: { data: new Uint8Array(48), shape: [4, 2, 2, 3] }, y: Uint8Array.of(0, 1, 2, 0) });
const pictureBatches = [batchOf([0, 1], pictures), batchOf([2, 3], pictures)];
const events = [runStart(), stepEvent(), epochEnd({ epoch: 0, logs: { loss: 0.5 } })];
const quiet = { write: () => true };

/** Every operator of `gradstream/operators` has a row here, or a reason below. */
const operators: Readonly<Record<string, Row>> = {
  augment: operator(() => exported.augment(example => example), samples),
  augmentImages: operator(
    () => exported.augmentImages(augmentation({ horizontalFlip: true }), { engine: 'step' }),
    batches,
  ),
  batch: operator(() => exported.batch(2), samples),
  controller: operator(() => exported.controller(lambda({ epochEnd: () => [] })), events),
  csvLogger: operator(() => exported.csvLogger(join(temporaryFolder(), 'log.csv')), events),
  cutMix: operator(() => exported.cutMix({ classes: 3 }), pictureBatches),
  evaluateStep: operator(() => exported.evaluateStep(fakeLearner()), batches),
  every: operator(() => exported.every({ epochs: 1 }), events),
  history: operator(() => exported.history(), events),
  jsonLines: operator(() => exported.jsonLines(join(temporaryFolder(), 'log.jsonl')), events),
  liveView: operator(() => exported.liveView({ port: 0 }), events),
  mapOrdered: operator(() => exported.mapOrdered((value: number) => of(value), { concurrency: 2 }), [1, 2, 3]),
  mixup: operator(() => exported.mixup({ classes: 3 }), pictureBatches),
  progressBar: operator(() => exported.progressBar({ stream: quiet }), events),
  remoteMonitor: operator(() => exported.remoteMonitor({ root: 'http://127.0.0.1:1' }), events),
  saveImages: operator(() => exported.saveImages(temporaryFolder()), pictureBatches),
  shuffle: operator(() => exported.shuffle({ window: 2, seed: 1 }), samples),
  tensorBoard: operator(() => exported.tensorBoard(temporaryFolder()), events),
  trainStep: operator(() => exported.trainStep(fakeLearner()), batches),
  upscale: operator(
    () => exported.upscale(4),
    [{ filters: [0], values: new Float32Array(12), size: 2, channels: 3 } as never],
  ),
};

const otherwise: Readonly<Record<string, string>> = {
  epochSamples: 'makes an Observable',
  gradientAscent: 'makes an Observable of a network',
  paced: 'makes an Observable',
  pipeBatches: 'joins two operators that have rows here',
  replay: 'makes an Observable',
};

/** A source that counts who listens. */
function counted(source: Observable<unknown>): { readonly source: Observable<unknown>; now: number; ever: number } {
  const counts = {
    now: 0,
    ever: 0,
    source: new Observable<unknown>(subscriber => {
      counts.now++;
      counts.ever++;
      const subscription = source.subscribe(subscriber);
      subscription.add(() => counts.now--);
      return subscription;
    }),
  };
  return counts;
}

/** How a stream ended, and how many results it gave. */
const ending = (stream: Observable<unknown>): Promise<readonly [results: number, end: unknown]> =>
  new Promise(resolve => {
    let results = 0;
    stream.subscribe({
      next: () => results++,
      error: (error: unknown) => resolve([results, error]),
      complete: () => resolve([results, 'complete']),
    });
  });

const fail = (error: Error) => (): never => {
  throw error;
};

/** Operators that call a function of the user's, with one that throws. */
const throwing: Readonly<Record<string, (error: Error) => Row>> = {
  augment: error => operator(() => exported.augment(fail(error)), samples),
  controller: error => operator(() => exported.controller(lambda({ epochEnd: fail(error) })), events),
  evaluateStep: error =>
    operator(() => exported.evaluateStep({ ...fakeLearner(), evaluate: () => Promise.reject(error) }), batches),
  mapOrdered: error => operator(() => exported.mapOrdered(fail(error), { concurrency: 2 }), [1, 2]),
  trainStep: error =>
    operator(() => exported.trainStep({ learningRate: () => 0.1, step: () => Promise.reject(error) }), batches),
};

describe.each(Object.entries(throwing))('%s, given a function that fails,', (_name, row) => {
  it('sends its error and lets go of the source', async () => {
    const error = new Error('no');
    const { make, inputs } = row(error);
    const counts = counted(concat(of(...inputs), NEVER));
    expect((await ending(counts.source.pipe(make())))[1]).toBe(error);
    expect(counts.now).toBe(0);
  });
});

describe('the exported operators', () => {
  it('have each a row in the table of this contract, or a reason why not', () => {
    expect(Object.keys({ ...operators, ...otherwise }).toSorted()).toEqual(Object.keys(exported).toSorted());
  });
});

describe.each(Object.entries(operators))('%s keeps the contract of operators', (_name, { make, inputs }) => {
  it('subscribes to nothing before it is subscribed to', () => {
    const counts = counted(of(...inputs));
    counts.source.pipe(make());
    expect(counts.ever).toBe(0);
  });

  it('does not end for a source that never ends, and lets go of it when it is unsubscribed', () => {
    const counts = counted(NEVER);
    const ended = vi.fn();
    const subscription = counts.source.pipe(make()).subscribe({ error: ended, complete: ended });
    expect(counts.now).toBe(1);
    subscription.unsubscribe();
    expect(counts.now).toBe(0);
    expect(ended).not.toHaveBeenCalled();
  });

  it('completes for a source without values', async () => {
    expect((await ending(of().pipe(make())))[1]).toBe('complete');
  });

  it('completes after one value and after many', async () => {
    expect((await ending(of(inputs[0]).pipe(make())))[1]).toBe('complete');
    expect((await ending(of(...inputs).pipe(make())))[1]).toBe('complete');
  });

  it('passes on an error of the source, at once and after values', async () => {
    const error = new Error('gone');
    const failing = throwError(() => error);
    expect((await ending(failing.pipe(make())))[1]).toBe(error);
    expect((await ending(concat(of(...inputs), failing).pipe(make())))[1]).toBe(error);
  });

  it('lets go of the source when it is unsubscribed in the middle, and sends nothing more', async () => {
    const source = new Subject<unknown>();
    const counts = counted(source);
    let sentAfter = 0;
    let over = false;
    const subscription = counts.source.pipe(make()).subscribe(() => (sentAfter += Number(over)));
    source.next(inputs[0]);
    subscription.unsubscribe();
    over = true;
    expect(counts.now).toBe(0);
    await new Promise(resolve => setTimeout(resolve, 5));
    expect(sentAfter).toBe(0);
  });

  it('lets go of the source when the last result has been taken by a listener that unsubscribes', () => {
    const counts = counted(concat(of(...inputs), NEVER));
    const subscription = new Subscription();
    subscription.add(counts.source.pipe(make()).subscribe(() => subscription.unsubscribe()));
    subscription.unsubscribe();
    expect(counts.now).toBe(0);
  });

  it('begins anew for each subscription', async () => {
    const counts = counted(of(...inputs));
    const stream = counts.source.pipe(make());
    const first = await ending(stream);
    expect(await ending(stream)).toEqual(first);
    expect(counts.ever).toBe(2);
    expect(counts.now).toBe(0);
  });

  it('keeps nothing of a subscription that was broken off', async () => {
    const expected = await ending(of(...inputs).pipe(make()));
    let brokenOff = false;
    // The same operator: never ends the first time, ends the second time.
    const source = new Observable<unknown>(subscriber =>
      (brokenOff ? of(...inputs) : concat(of(inputs[0]), NEVER)).subscribe(subscriber),
    );
    const stream = source.pipe(make());
    stream.subscribe().unsubscribe();
    brokenOff = true;
    expect(await ending(stream)).toEqual(expected);
  });
});
