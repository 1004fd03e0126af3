import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import * as testing from '../../../operators/testing/index.js';

const {
  arraySource,
  batchOf,
  directiveEvent,
  epochEnd,
  expectNoLeaks,
  indexedSource,
  marbles,
  sampleOf,
  stepEvent,
  streamSource,
} = testing;

describe('marbles', () => {
  it('runs in virtual time and compares deeply', () => {
    const test = (result: number) =>
      marbles(({ cold, expectObservable }) => {
        const e1 = cold('  -a 999ms b|', { a: { n: 1 }, b: { n: 2 } });
        const expected = ' -a 999ms b|';
        const deep = e1.pipe(map(({ n }) => ({ n: 10 * n })));
        expectObservable(deep).toBe(expected, { a: { n: 10 }, b: { n: result } });
      });
    expect(test(20)).not.toThrow();
    expect(test(21)).toThrow();
  });

  it('fails where nothing is expected', () => {
    expect(marbles(() => {})).toThrow('expects nothing');
  });

  it('counts an expectation about subscriptions', () => {
    const test = marbles(({ cold, expectSubscriptions }) => expectSubscriptions(cold('a|').subscriptions).toBe([]));
    expect(test).not.toThrow();
  });
});

describe('expectNoLeaks', () => {
  it('gives back what the action gave', async () => {
    expect(await expectNoLeaks(() => tf.tidy(() => tf.scalar(3).dataSync()[0]))).toBe(3);
  });

  it('names the counter that differs', async () => {
    let kept: tf.Tensor | undefined;
    const leaking = expectNoLeaks(async () => {
      kept = tf.scalar(1);
    });
    await expect(leaking).rejects.toThrow(/tensors: (\d+) before, (\d+) after/);
    kept?.dispose();
    let sessions = 2;
    const counters = { sessions: () => sessions, tensors: () => 0 };
    await expect(expectNoLeaks(() => void sessions--, counters)).rejects.toThrow('sessions: 2 before, 1 after.');
  });

  it('lets an error of the action be', async () => {
    await expect(expectNoLeaks(() => Promise.reject(new Error('own')))).rejects.toThrow('own');
  });
});

describe('event builders', () => {
  const { directiveEvent: _, ...builders } = Object.fromEntries(
    Object.entries(testing).filter(([name]) => /^(run|epoch|train)(Start|End)$|Event$/.test(name)),
  ) as Record<string, () => { type: string; logs?: object }>;

  it.each(Object.entries(builders))('%s makes a frozen event of its type', (name, build) => {
    const event = build();
    expect(name.replace(/Event$/, '')).toBe(event.type);
    expect(Object.isFrozen(event)).toBe(true);
    expect(Object.isFrozen(event.logs ?? event)).toBe(true);
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

describe('data builders', () => {
  it('make the same rows in all kinds of sources', async () => {
    const size = 300;
    const arrays = arraySource({ size });
    const streamed = [...(streamSource({ size }).open(0) as Iterable<{ x: Uint8Array; y: number }>)];
    for (const row of [0, 1, 299]) {
      const read = await indexedSource({ size }).read(row);
      expect(read).toEqual({ x: Uint8Array.of(row & 255, row >> 8), y: row % 3 });
      expect(streamed[row]).toEqual(read);
      expect(arrays.x.data.slice(2 * row, 2 * row + 2)).toEqual(read.x);
      expect(arrays.y.data[row]).toBe(read.y);
    }
  });

  it('make samples and batches', () => {
    expect(sampleOf({ position: 3 })).toMatchObject({ position: 3, row: 3, epoch: 0 });
    expect(batchOf([1, 2])).toMatchObject({ rows: Int32Array.of(1, 2), size: 2, cursor: { epoch: 0, position: 2 } });
  });
});
