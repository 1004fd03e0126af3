import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { applyModel } from '../../../src/layer/applyModel.js';
import { type Seed, seedsOf } from '../../../src/layer/seed.js';
import { keepMask } from '../../../src/layer/statelessRandom.js';

beforeAll(() => tf.setBackend('cpu'));

const seedOf = (host: [number, number]): Seed => ({ tensor: tf.tensor1d(host, 'int32'), host });
const size = 64;
const maskBy = (seed: Seed): string => String(keepMask([1, size], 0.5, seed).dataSync());

describe('seedsOf', () => {
  it('gives seeds of unrelated numbers, the same ones again, whatever their count', () => {
    tf.tidy(() => {
      const steps = [seedOf([7, 0]), seedOf([7, 1]), seedOf([8, 0])];
      const masks = steps.flatMap(seed => [seed, ...seedsOf(seed, 3)].map(maskBy));
      expect(new Set(masks).size).toBe(masks.length);
      expect(seedsOf(steps[0], 2).map(maskBy)).toEqual(masks.slice(1, 3));
      for (const { tensor, host } of seedsOf(steps[0], 3)) expect(Array.from(tensor.dataSync())).toEqual(host);
      const inTrace = seedsOf({ tensor: steps[0].tensor, host: null }, 2);
      expect(inTrace.map(({ host }) => host)).toEqual([null, null]);
      expect(inTrace.map(({ tensor }) => String(tensor))).toEqual(
        seedsOf(steps[0], 2).map(({ tensor }) => String(tensor)),
      );
    });
  });

  it("keeps the draws of several passes through a model apart, and a step's own from them", () => {
    const dropout = layers.dropout({ rate: 0.5, inputShape: [size] });
    const model = sequential({ layers: [dropout, layers.dropout({ rate: 0 }), layers.dropout({ rate: 0.5 })] });
    tf.tidy(() => {
      const seed = seedOf([7, 0]);
      const [a, b, own] = seedsOf(seed, 3);
      const pass = (seed: Seed): string =>
        String(applyModel(model, tf.ones([1, size]), { training: true, seed }).output.dataSync());
      const results = [pass(a), pass(b), pass(seed), maskBy(own)];
      expect(new Set(results).size).toBe(results.length);
      expect(pass(a)).toBe(results[0]);
    });
    model.dispose();
  });
});
