import { setTimeout as wait } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import { filter, firstValueFrom, lastValueFrom, toArray } from 'rxjs';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { upscale } from '../../../operators/upscale.js';
import { filterPictures } from '../../../pipelines/filters/filterPictures.js';
import { InvalidArgumentError } from '../../../src/error/invalidArgumentError.js';
import type { FilterEnd, FilterEvent } from '../../../src/filters/filterEvent.js';
import { networkPart } from '../../../src/filters/networkPart.js';
import { smallestSize } from '../../../src/filters/smallestSize.js';
import type { Native } from '../../../src/native/backend.js';
import type { DtypePolicy } from '../../../src/native/dtypePolicy.js';
import { filterNet } from '../../helpers/filterNet.js';
import { nativeOrNull, withoutBfloat16 } from '../../helpers/native.js';

const native = await nativeOrNull();

/** What comes after an ascender is freed. */
const freeing = vi.hoisted(() => ({ after: async (): Promise<void> => {} }));
vi.mock(import('../../../src/filters/ascender.js'), async original => {
  const { createAscender, ...rest } = await original();
  const watched: typeof createAscender = options => {
    const ascender = createAscender(options);
    return { ...ascender, dispose: () => ascender.dispose().then(freeing.after) };
  };
  return { ...rest, createAscender: watched };
});

describe.skipIf(native === null)('filterPictures', () => {
  const model = filterNet('relu');
  const part = networkPart(model, 'b');
  const options = { part, size: 12, upscalings: 2, factor: 1.2, steps: 3, seed: 5 };
  afterAll(() => model.dispose());

  const failing = (): tf.Tensor1D => {
    throw new Error('no ascent');
  };

  const eventsOf = (more: object = {}): Promise<FilterEvent[]> =>
    lastValueFrom(filterPictures({ ...options, ...more }).pipe(toArray()));
  const endsOf = async (more: object = {}): Promise<FilterEnd[]> =>
    (await eventsOf(more)).filter(event => event.type === 'epochEnd');

  it('needs no memory for more places than there are filters', async () => {
    const [end] = await endsOf({ filters: [2], size: 200, batch: 1e6 });
    expect(end.picture).toEqual((await endsOf({ filters: [2], size: 200 }))[0].picture);
  });

  it('draws a filter once that is named twice', async () => {
    const epsilon = Number.NEGATIVE_INFINITY;
    const drawn = async (filters: number[]) =>
      (await endsOf({ filters, epsilon })).map(({ filter, steps, picture }) => ({ filter, steps, picture }));
    expect(await drawn([1, 1])).toEqual(await drawn([1]));
  });

  it("gives training's events, a picture with each filter's end", async () => {
    const events = await eventsOf({ filters: [0, 1, 2, 3, 4], epsilon: Number.NEGATIVE_INFINITY });
    expect(events.map(({ type }) => type).filter((type, i, all) => type !== all[i - 1])).toEqual([
      'runStart',
      ...Array.from({ length: 5 }, () => ['epochStart', 'step', 'epochEnd']).flat(),
      'trainEnd',
      'runEnd',
    ]);
    expect(events.filter(({ type }) => type === 'step')).toHaveLength(5 * 2 * 3);
    for (const event of events) {
      if (event.type === 'epochEnd') expect(event.picture).toMatchObject({ rows: 12, columns: 12, channels: 3 });
    }
  });

  describe('frees everything', () => {
    afterEach(() => {
      freeing.after = async () => {};
    });

    it('before it completes or fails', async () => {
      let freed = 0;
      freeing.after = async () => {
        await wait(20);
        freed++;
      };
      await eventsOf({ filters: [0] });
      expect(freed).toBe(1);
      await expect(eventsOf({ filters: [0], objective: failing })).rejects.toThrow('no ascent');
      expect(freed).toBe(2);
    });

    it('and fails where that fails, unless it has failed before', async () => {
      freeing.after = () => Promise.reject(new Error('stuck'));
      await expect(eventsOf({ filters: [0] })).rejects.toThrow('stuck');
      await expect(eventsOf({ filters: [0], objective: failing })).rejects.toThrow('no ascent');
    });

    it('when nobody looks on any more, without a word where that fails', async () => {
      const freed = new Promise<void>(resolve => {
        freeing.after = async () => {
          resolve();
          throw new Error('stuck');
        };
      });
      await firstValueFrom(filterPictures({ ...options, filters: [0] }));
      await freed;
    });
  });

  it('gives in a batch what it gives one by one', async () => {
    const byFilter = (a: FilterEnd, b: FilterEnd): number => a.filter - b.filter;
    const alone = await endsOf();
    const batched = (await endsOf({ batch: 3 })).sort(byFilter);
    expect(batched.map(({ filter }) => filter)).toEqual([0, 1, 2, 3, 4]);
    for (const [i, end] of batched.entries()) {
      expect(end.dropped).toEqual(alone[i].dropped);
      expect(end.loss).toBeCloseTo(alone[i].loss, 3);
      expect(end.picture === null).toBe(alone[i].picture === null);
    }
    expect(alone.some(({ picture }) => picture !== null)).toBe(true);
  });

  it('puts the next filters in the places of those that drop on the first scale', async () => {
    const deaf = new Set([0, 2]);
    const events = await eventsOf({
      batch: 2,
      objective: (x: tf.Tensor4D, filters: tf.Tensor1D) => {
        const answers = tf.cast(tf.logicalAnd(tf.notEqual(filters, 0), tf.notEqual(filters, 2)), 'float32');
        return tf.mul(tf.add(tf.abs(tf.mean(x, [1, 2, 3])), 1), answers) as tf.Tensor1D;
      },
    });
    const ends = events.filter(event => event.type === 'epochEnd');
    expect(ends.map(({ filter, epoch }) => [filter, epoch])).toEqual([0, 2, 1, 3, 4].map((filter, i) => [filter, i]));
    for (const { filter, picture } of ends) expect(picture === null).toBe(deaf.has(filter));
    const later = events.filter(event => event.type === 'step' && event.scale === 1);
    expect(later.map(event => event.type === 'step' && event.filters)).toEqual([
      ...Array(3).fill([1, 3]),
      ...Array(3).fill([4]),
    ]);
  });

  it('makes the same picture of a filter without the others', async () => {
    const all = await endsOf();
    const kept = all.find(({ picture }) => picture !== null) as FilterEnd;
    const [again] = await endsOf({ filters: [kept.filter] });
    expect(again.picture).toEqual(kept.picture);
  });

  it('says in what it computes, and warns where that is not what was asked for', async () => {
    const policies = async (dtypePolicy: DtypePolicy) =>
      (await eventsOf({ filters: [0], dtypePolicy })).flatMap(event =>
        event.type === 'runStart' ? [event.dtypePolicy] : event.type === 'warning' ? [event.code] : [],
      );
    expect(await policies('float32')).toEqual(['float32']);
    expect(await withoutBfloat16(native as Native, () => policies('mixed_bfloat16'))).toEqual(['float32', 'float32']);
    if (native?.hasBfloat16) expect(await policies('mixed_bfloat16')).toEqual(['mixed_bfloat16']);
  });

  it('says where it begins when the first scales are too small', async () => {
    expect(smallestSize(part)).toBe(4);
    const events = await eventsOf({ size: 5, filters: [0] });
    expect(events.find(({ type }) => type === 'warning')).toMatchObject({ code: 'smallest-size' });
    expect(() => filterPictures({ ...options, size: 3 })).toThrow('empty below 4 pixels');
  });

  it.each([
    ['size', 1.5],
    ['upscalings', 0],
    ['factor', Number.NaN],
    ['steps', 0],
    ['batch', -1],
    ['stepSize', Number.POSITIVE_INFINITY],
    ['jitter', 0.5],
    ['seed', -1],
  ])('takes no %s of %d', (name, value) => {
    expect(() => filterPictures({ ...options, [name]: value })).toThrow(InvalidArgumentError);
  });

  it('tells events that nobody can change', async () => {
    const events = await eventsOf({ filters: [0] });
    expect(events.filter(event => !Object.isFrozen(event))).toEqual([]);
  });

  it('drops what is not finite, with a reason, and goes on', async () => {
    const broken = await endsOf({
      filters: [0, 1],
      batch: 2,
      objective: (x: tf.Tensor4D, filters: tf.Tensor1D) =>
        tf.div(tf.mean(x, [1, 2, 3]), tf.cast(filters, 'float32')) as tf.Tensor1D,
    });
    expect(broken[0]).toMatchObject({
      picture: null,
      dropped: { scale: 0, step: 0, reason: 'its loss became Infinity' },
    });
    expect(broken[1].picture).not.toBeNull();
  });

  it('takes no further step and leaves no tensor behind when it is unsubscribed', async () => {
    const before = tf.memory().numTensors;
    let steps = 0;
    await new Promise<void>(resolve => {
      const subscription = filterPictures({ ...options, epsilon: Number.NEGATIVE_INFINITY })
        .pipe(filter(({ type }) => type === 'step'))
        .subscribe(() => {
          if (++steps < 2) return;
          subscription.unsubscribe();
          resolve();
        });
    });
    await new Promise(resolve => setTimeout(resolve, 100));
    expect(steps).toBe(2);
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each([
    [() => networkPart(model, 'c'), /Unknown convolution layer 'c'.*Known: a, b/],
    [() => networkPart(model, 'pool'), /'pool' is a MaxPooling2D and has no filters.*a, b/],
    [() => filterPictures({ ...options, filters: [5] }), /b has no filter 5: its filters are 0 to 4/],
    [() => filterPictures({ ...options, filters: [] }), /no filters to draw/],
    [() => filterPictures({ ...options, epsilon: Number.NaN }), /filterPictures: epsilon is NaN: give a number/],
    [() => filterPictures({ ...options, upscaling: 'floats' as 'float' }), /Unknown upscaling 'floats'.*'float'/],
    [() => upscale(0), 'upscale: size must be a whole number from 1 on, got 0'],
    [() => upscale(4, 'level' as 'levels'), /Unknown upscaling 'level'.*'levels'/],
  ])('refuses what can’t be meant %#', (call, message) => {
    expect(call).toThrow(message);
  });
});
