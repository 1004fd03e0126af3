import { setTimeout as wait } from 'node:timers/promises';
import { lastValueFrom, take, tap, toArray } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { batch } from '../../operators/batch.js';
import { type FakeLearner, type FakeLearnerOptions, fakeLearner } from '../../operators/testing/fakeLearner.js';
import { arraySource, streamSource } from '../../operators/testing/sources.js';
import { type LrFinderOptions, lrFinder } from '../../pipelines/lrFinder.js';
import type { ArraySource } from '../../src/data/source.js';
import { DataExhaustedError } from '../../src/error/dataExhaustedError.js';
import { InvalidArgumentError } from '../../src/error/invalidArgumentError.js';
import { type RatePoint, suggestLearningRate } from '../../src/schedule/suggestLearningRate.js';

const data = { source: arraySource({ size: 10 }), through: batch(4) };

/** A search by a learner that is handed over, and what the learner is after it. */
async function searched(learner: FakeLearner, given: Partial<LrFinderOptions> = {}, count = Number.POSITIVE_INFINITY) {
  const before = await learner.state();
  const points$ = lrFinder({ learner, data, seed: 1, ...given }).pipe(take(count), toArray());
  const outcome = await lastValueFrom(points$).then(
    points => ({ points, error: undefined }),
    error => ({ points: [] as RatePoint[], error }),
  );
  await vi.waitFor(() => expect(learner.calls.some(({ method }) => method === 'restore')).toBe(true));
  return { ...outcome, isAsBefore: JSON.stringify(await learner.state()) === JSON.stringify(before) };
}

const withLosses = (losses: FakeLearnerOptions['losses']) => fakeLearner({ losses: losses ?? [] });

describe('lrFinder', () => {
  it('takes steps at rates that grow exponentially, pass after pass, and puts the weights back', async () => {
    const learner = withLosses(() => 1);
    const { points, isAsBefore } = await searched(learner, { from: 0.001, to: 1, steps: 7 });
    expect(points.map(({ learningRate }) => Number(learningRate.toPrecision(6)))).toEqual(
      [-3, -2.5, -2, -1.5, -1, -0.5, 0].map(exponent => Number((10 ** exponent).toPrecision(6))),
    );
    const rates = learner.calls.flatMap(call => (call.method === 'step' ? [call.options.learningRate] : []));
    expect(rates).toEqual(points.map(({ learningRate }) => learningRate));
    expect(isAsBefore).toBe(true);
  });

  it('corrects the bias of the smoothed loss', async () => {
    const { points } = await searched(withLosses([4, 2, 3]), { steps: 3, smoothing: 0.5 });
    expect(points.map(({ smoothed }) => smoothed)).toEqual([4, (0.5 * 2 + 0.5 * 2) / 0.75, (0.5 * 2 + 1.5) / 0.875]);
  });

  it.each([
    ['diverges', [1, 1, 9, 1]],
    ['is not a number', [1, 1, Number.NaN, 1]],
    ['is infinite', [1, 1, Number.POSITIVE_INFINITY, 1]],
  ])('ends when the loss %s', async (_, losses) => {
    const { points, isAsBefore } = await searched(withLosses(losses), { steps: 4, smoothing: 0 });
    expect(points).toHaveLength(3);
    expect(isAsBefore).toBe(true);
  });

  it('sees a negative loss diverge by its rise', async () => {
    const falling = [-0.1, -0.2, -0.3, -0.4];
    expect((await searched(withLosses(falling), { steps: 4, smoothing: 0 })).points).toHaveLength(4);
    const rising = [-0.3, -0.1, 0.7, -0.1];
    expect((await searched(withLosses(rising), { steps: 4, smoothing: 0 })).points).toHaveLength(3);
  });

  it('lets the loss be as many times the best as diverges, and take two steps alone', async () => {
    expect((await searched(withLosses([1, 3, 1]), { steps: 3, smoothing: 0, divergence: 3 })).points).toHaveLength(3);
    expect((await searched(withLosses([1, 3.5, 1]), { steps: 3, smoothing: 0, divergence: 3 })).points).toHaveLength(2);
    expect((await searched(withLosses([1, 1]), { steps: 2 })).points).toHaveLength(2);
  });

  it('has a learner to itself, and the next search waits until it is given back', async () => {
    const learner = withLosses(() => 1);
    const search$ = lrFinder({ learner, data, seed: 1, steps: 20 });
    const first = search$.subscribe();
    await expect(lastValueFrom(search$)).rejects.toThrow(/has a run already/);
    expect(learner.calls.filter(({ method }) => method === 'restore')).toEqual([]);
    first.unsubscribe();
    await lastValueFrom(search$);
    const methods = learner.calls
      .map(({ method }) => method)
      .filter(method => method === 'restore' || method === 'step');
    expect(methods.slice(methods.indexOf('restore') + 1)).toEqual([...new Array(20).fill('step'), 'restore']);
  });

  it('takes no step after unsubscribing while the source is being opened', async () => {
    const learner = fakeLearner();
    let open: (source: ArraySource) => void = () => {};
    const source = () => new Promise<ArraySource>(resolve => (open = resolve));
    const subscription = lrFinder({ learner, data: { ...data, source } }).subscribe();
    await wait(10);
    subscription.unsubscribe();
    open(data.source);
    await wait(10);
    expect(learner.calls.map(({ method }) => method)).toEqual(['state', 'restore']);
  });

  it('puts the weights back after unsubscribing and after an error', async () => {
    expect(await searched(fakeLearner(), { from: 0.1 }, 2)).toMatchObject({ isAsBefore: true });
    const failed = await searched(fakeLearner({ failAt: 2 }), { from: 0.1 });
    expect(failed).toMatchObject({ isAsBefore: true, error: { message: /Step 2/ } });
  });

  it('disposes of its own learner, once', async () => {
    const mine = fakeLearner();
    await lastValueFrom(lrFinder({ learner: () => mine, data, steps: 3 }));
    expect(mine.calls.filter(({ method }) => method === 'dispose')).toHaveLength(1);
    const handed = fakeLearner();
    await lastValueFrom(lrFinder({ learner: handed, data, steps: 3 }));
    expect(handed.disposed).toBe(false);
  });

  it('completes when its own learner is disposed of, and fails where that fails', async () => {
    const mine = fakeLearner();
    let wasDisposed = false;
    const points$ = lrFinder({ learner: () => mine, data, steps: 3 });
    await lastValueFrom(points$.pipe(tap({ complete: () => (wasDisposed = mine.disposed) })));
    expect(wasDisposed).toBe(true);

    const stubborn = Object.assign(fakeLearner(), { dispose: () => Promise.reject(new Error('stuck')) });
    await expect(lastValueFrom(lrFinder({ learner: () => stubborn, data, steps: 3 }))).rejects.toThrow('stuck');
  });

  it.each([
    ['no data', { source: arraySource({ size: 0 }), through: batch(4) }],
    ['no whole batch', { source: arraySource({ size: 10 }), through: batch(20, { remainder: 'drop' }) }],
    ['no whole batch of a stream', { source: streamSource(), through: batch(20, { remainder: 'drop' }) }],
  ])('says that there is %s', async (_, none) => {
    expect((await searched(fakeLearner(), { data: none })).error).toBeInstanceOf(DataExhaustedError);
  });

  it.each([
    { steps: 1 },
    { from: 0 },
    { from: 1, to: 1 },
    { to: Number.POSITIVE_INFINITY },
    { smoothing: 1 },
    { divergence: 1 },
    { seed: -1 },
    { data: arraySource() as never },
  ])('refuses %o at once', given => {
    expect(() => lrFinder({ learner: fakeLearner(), data, ...given })).toThrow(InvalidArgumentError);
  });
});

describe('suggestLearningRate', () => {
  const points = (...smoothed: number[]) =>
    smoothed.map((value, step) => ({ step, learningRate: 10 ** step, loss: value, smoothed: value }));

  it.each([
    ['the steepest fall, by differences on both sides', [9, 8, 4, 1, 2], 100],
    ['at the first point, too', [9, 1, 1, 1, 1], 1],
    ['without what is not finite', [9, Number.NaN, 8, 3, 3], 100],
  ])('gives the rate of %s', (_, smoothed, expected) => {
    expect(suggestLearningRate(points(...smoothed), { skipBegin: 0, skipEnd: 0 })).toBe(expected);
  });

  it('leaves out the first ten points and the last one', () => {
    const values = [...Array.from({ length: 11 }, (_, i) => 100 - 9 * i), 9, 7, 6.9, 0];
    expect(suggestLearningRate(points(...values))).toBe(10 ** 11);
    expect(suggestLearningRate(points(...values.slice(0, 12)))).toBeNull();
  });
});
