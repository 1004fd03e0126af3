import { Observable, Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { epochSamples } from '../../../operators/epochSamples.js';
import { fromStream } from '../../../src/data/fromStream.js';
import type { Example } from '../../../src/data/source.js';
import { InvalidArgumentError } from '../../../src/error/invalidArgumentError.js';

const example = (y: number): Example => ({ x: Float32Array.of(y), y });
const shape = { inputShape: [1] };

/** Counts how often it is begun and cleaned up. */
function counting() {
  const counts = { begun: 0, ended: 0 };
  async function* examples() {
    counts.begun++;
    try {
      for (let y = 0; ; y++) yield example(y);
    } finally {
      counts.ended++;
    }
  }
  return { counts, examples };
}

describe('fromStream', () => {
  it('cleans a generator up where the reader stops early, in each epoch', async () => {
    const { counts, examples } = counting();
    const source = fromStream(examples, shape);
    for (const epoch of [0, 1]) {
      for await (const { position } of epochSamples(source, { seed: 1, epoch })) if (position === 2) break;
    }
    expect(counts).toEqual({ begun: 2, ended: 2 });
  });

  it('cleans up where the reader fails', async () => {
    const { counts, examples } = counting();
    const read = async () => {
      for await (const _ of fromStream(examples, shape).open(0)) throw new Error('reader');
    };
    await expect(read()).rejects.toThrow('reader');
    expect(counts).toEqual({ begun: 1, ended: 1 });
  });

  it('unsubscribes from an Observable where the reader stops early', async () => {
    const counts = { subscribed: 0, unsubscribed: 0 };
    const examples$ = new Observable<Example>(subscriber => {
      counts.subscribed++;
      for (let y = 0; y < 4; y++) subscriber.next(example(y));
      return () => counts.unsubscribed++;
    });
    for await (const { y } of fromStream(examples$, shape).open(0)) if (y === 1) break;
    expect(counts).toEqual({ subscribed: 1, unsubscribed: 1 });
  });

  it('subscribes only when it is read, and answers a read that still waits when it is closed', async () => {
    const examples$ = new Subject<Example>();
    const iterable = fromStream(examples$, shape).open(0) as AsyncIterable<Example>;
    const iterator = iterable[Symbol.asyncIterator]();
    expect(examples$.observed).toBe(false);
    const waiting = iterator.next();
    expect(examples$.observed).toBe(true);
    await iterator.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(examples$.observed).toBe(false);
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  it('passes on what the items fail with, once they are read so far', async () => {
    async function* failing() {
      yield example(0);
      throw new Error('unplugged');
    }
    const seen: unknown[] = [];
    const read = async () => {
      for await (const { y } of fromStream(failing, shape).open(0)) seen.push(y);
    };
    await expect(read()).rejects.toThrow('unplugged');
    expect(seen).toEqual([0]);
  });

  it('reads an array in each epoch, and a generator only once', () => {
    const array = fromStream([example(1)], shape);
    expect([...(array.open(0) as Iterable<Example>), ...(array.open(1) as Iterable<Example>)]).toHaveLength(2);
    const once = fromStream(counting().examples(), shape);
    once.open(0);
    expect(() => once.open(1)).toThrow(InvalidArgumentError);
    expect(() => once.open(1)).toThrow("Source 'stream' is a generator that was read once");
  });

  it.each([0, 1.5, Number.NaN])('refuses a buffer of %d', buffer => {
    expect(() => fromStream([], { ...shape, buffer })).toThrow(InvalidArgumentError);
  });
});
