import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { type Ascender, createAscender } from '../../../src/filters/ascender.js';
import { ascentStep } from '../../../src/filters/ascentStep.js';
import { networkPart } from '../../../src/filters/networkPart.js';
import { filterActivation, type Objective } from '../../../src/filters/objective.js';
import { gatherPictures, type Pictures } from '../../../src/filters/pictures.js';
import { startNoise } from '../../../src/filters/startNoise.js';
import { OpenFunction } from '../../../src/graph/openFunction.js';
import { openSessions } from '../../../src/graph/session.js';
import { initializeWeights } from '../../../src/model/initializeWeights.js';
import { nativeOrNull } from '../../helpers/native.js';

const native = await nativeOrNull();

describe.skipIf(native === null)('createAscender', () => {
  const model = sequential({
    layers: [
      layers.conv2d({ name: 'a', inputShape: [null, null, 3], filters: 4, kernelSize: 3, padding: 'same' }),
      layers.maxPooling2d({ poolSize: 2, strides: 2 }),
      layers.conv2d({ name: 'b', filters: 5, kernelSize: 3, padding: 'same', activation: 'relu' }),
    ],
  });
  initializeWeights(model, 3);
  afterAll(() => model.dispose());
  const objective = filterActivation(networkPart(model, 'b'));
  const pictures = (size: number, filters: readonly number[]): Pictures =>
    gatherPictures(
      { filters, size, channels: 3 },
      filters.map(filter => startNoise(size, filter, 1)),
    );
  const eagerly = ({ filters, size, values }: Pictures, of: Objective) =>
    tf.tidy(() => {
      const x = tf.tensor4d(values, [filters.length, size, size, 3]);
      const after = ascentStep(of, { x, targets: tf.tensor1d([...filters], 'int32'), stepSize: tf.scalar(1) }, 1e-7);
      return { losses: after.losses.dataSync(), x: after.x.dataSync() };
    });
  const expectSame = async (ascender: Ascender, start: Pictures, of: Objective): Promise<void> => {
    const { losses, pictures: after } = await ascender.step(start, 1);
    const expected = eagerly(start, of);
    expect(after).toMatchObject({ filters: start.filters, size: start.size });
    for (const [i, loss] of expected.losses.entries()) expect(losses[i]).toBeCloseTo(loss, 3);
    for (const [i, value] of expected.x.entries()) expect(Math.abs(after.values[i] - value)).toBeLessThan(2e-3);
  };

  it('waits for the running step before it frees everything, the first one too', async () => {
    const sessions = openSessions();
    const ascender = createAscender({ objective, sizes: [200] });
    let stepped = false;
    const step = ascender.step(pictures(200, [1]), 1).then(() => {
      stepped = true;
    });
    await ascender.dispose();
    expect([stepped, openSessions()]).toEqual([true, sessions]);
    await step;
  });

  it.skipIf(!native?.hasBfloat16)('computes in bfloat16 where it is asked to', async () => {
    const start = pictures(16, [1, 2]);
    const [exact, rounded] = await Promise.all(
      (['float32', 'mixed_bfloat16'] as const).map(async dtypePolicy => {
        const ascender = createAscender({ objective, batch: 2, dtypePolicy });
        const { losses } = await ascender.step(start, 1);
        await ascender.dispose();
        return losses;
      }),
    );
    expect(rounded).not.toEqual(exact);
    const most = 0.02 * Math.max(...exact);
    for (const [i, loss] of exact.entries()) expect(Math.abs(rounded[i] - loss)).toBeLessThan(most);
  });

  it('traces once for all sizes and numbers of pictures, and agrees with eager execution', async () => {
    const trace = vi.spyOn(OpenFunction, 'trace');
    const sessions = openSessions();
    const ascender = createAscender({ objective, batch: 3, sizes: [8, 11] });
    try {
      for (const start of [pictures(8, [1, 4, 2]), pictures(11, [3]), pictures(9, [2, 0])]) {
        await expectSame(ascender, start, objective);
      }
      expect(trace).toHaveBeenCalledOnce();
      expect(openSessions()).toBe(sessions + 1);
    } finally {
      trace.mockRestore();
      await ascender.dispose();
    }
    expect(openSessions()).toBe(sessions);
  });

  it('compiles an objective that holds a size in itself for each size', async () => {
    const middle: Objective = (x, targets) =>
      objective(tf.slice4d(x, [0, 1, 1, 0], [-1, x.shape[1] - 2, x.shape[2] - 2, 3]), targets);
    const sessions = openSessions();
    const ascender = createAscender({ objective: middle, batch: 3 });
    try {
      for (const start of [pictures(8, [1, 4, 2]), pictures(11, [3])]) await expectSame(ascender, start, middle);
      expect(openSessions()).toBe(sessions + 2);
    } finally {
      await ascender.dispose();
    }
    expect(openSessions()).toBe(sessions);
  });

  it('keeps the NaN of one picture from the others', async () => {
    const broken: Objective = (x, targets) => {
      const one = tf.cast(tf.equal(targets, 1), 'float32');
      // As a kernel with a NaN does to all maps of a batch.
      return tf.add(objective(x, targets), tf.mul(tf.sum(tf.log(tf.sub(1, one))), 0)) as tf.Tensor1D;
    };
    const ascender = createAscender({ objective: broken, batch: 3 });
    try {
      const { losses, pictures: after } = await ascender.step(pictures(8, [1, 4, 2]), 1);
      expect(losses.map(Number.isFinite)).toEqual([false, true, true]);
      const expected = eagerly(pictures(8, [4, 2]), objective);
      expect(after.values.length).toBe(3 * 8 * 8 * 3);
      expect(losses.slice(1)).toEqual([...expected.losses].map(loss => expect.closeTo(loss, 3)));
    } finally {
      await ascender.dispose();
    }
  });

  it('refuses a batch that is none, and more pictures than it is for', async () => {
    expect(() => createAscender({ objective, batch: 0 })).toThrow('batch must be a whole number from 1 on, got 0');
    const ascender = createAscender({ objective });
    await expect(ascender.step(pictures(8, [1, 2]), 1)).rejects.toThrow("2 pictures at once, but the ascender's batch");
    await ascender.dispose();
  });
});
