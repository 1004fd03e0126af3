import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { valueAndGradient } from '../../../src/graph/valueAndGradient.js';
import type { ProductTuning } from '../../../src/native/backend.js';
import { nativeOrNull } from '../../helpers/native.js';
import { runTuned } from '../../helpers/runTuned.js';

const native = await nativeOrNull();
const ramp = (length: number): Float32Array => Float32Array.from({ length }, (_, i) => (i % 7) - 3);

/** The gradient by a matrix `[2, 3]`, beside one of `[2, 5]`. */
const gradient = async (productTuning: ProductTuning, fn: (x: tf.Tensor, other: tf.Tensor) => tf.Tensor) => {
  const inputs = [3, 5].map(columns => ({ shape: [2, columns], values: ramp(2 * columns) }));
  const { results } = await runTuned(native, productTuning, inputs, ([x, other]) => [
    tf.neg(valueAndGradient(x => tf.sum(tf.square(fn(x, other))), x).gradient),
  ]);
  return results[0];
};

describe.skipIf(native === null)('constantShapes', () => {
  it.each<[string, (x: tf.Tensor, other: tf.Tensor) => tf.Tensor]>([
    ['a concatenation, as the first', (x, other) => tf.concat([x, other], 1)],
    ['a concatenation, as the last', (x, other) => tf.concat([other, x], 1)],
    ['a sum with rows', (x, other) => tf.add(tf.sum(x, 1, true), other)],
    ['a product with columns', (x, other) => tf.mul(tf.slice(x, [0, 0], [1, 3]), tf.transpose(tf.slice(other, 0, 1)))],
  ])('leave the gradient what it is: %s', async (_, fn) => {
    const [tuned, plain] = [await gradient('turn', fn), await gradient('none', fn)];
    expect(tuned).toEqual(plain);
    expect(tuned.some(value => value !== 0)).toBe(true);
  });
});
