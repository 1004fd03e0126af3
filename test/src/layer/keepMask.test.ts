import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { afterAll, describe, expect, it } from 'vitest';
import { keepMask } from '../../../src/layer/statelessRandom.js';
import { nativeOrNull } from '../../helpers/native.js';

const native = await nativeOrNull();

function mask(backend: string, shape: readonly number[], rate: number, host: readonly [number, number]): Float32Array {
  tf.setBackend(backend);
  return tf.tidy(() =>
    keepMask(shape, rate, { tensor: tf.tensor1d([...host], 'int32'), host }).dataSync(),
  ) as Float32Array;
}

describe('keepMask', () => {
  afterAll(() => {
    tf.setBackend(native === null ? 'cpu' : 'tensorflow');
  });

  it.skipIf(native === null).each([
    [[4, 6], 0.2, [1, 2]],
    [[3, 5], 0.5, [-7, 100_000]],
    [[7], 0.125, [2 ** 31 - 1, 0]],
  ] as const)('is the same on every backend: shape %j, rate %d', (shape, rate, seed) => {
    expect([...mask('tensorflow', shape, rate, seed)]).toEqual([...mask('cpu', shape, rate, seed)]);
  });

  it.each([0.1, 0.2, 0.5, 0.9])('drops a share of %d, and keeps the mean', rate => {
    const values = mask('cpu', [200, 500], rate, [3, 4]);
    const dropped = values.filter(value => value === 0).length / values.length;
    expect(Math.abs(dropped - rate)).toBeLessThan(0.006);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(Math.abs(mean - 1)).toBeLessThan(0.05);
  });

  it('is the same for the same seed, another for another step', () => {
    const [a, b, c] = [
      [1, 5],
      [1, 5],
      [1, 6],
    ].map(seed => [...mask('cpu', [64], 0.5, seed as [number, number])]);
    expect(a).toEqual(b);
    expect(a).not.toEqual(c);
  });
});
