import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { nativeOrNull } from '../../helpers/native.js';

const native = await nativeOrNull();

describe.skipIf(native === null)('replaceHostKernels', () => {
  const x = (): tf.Tensor2D => tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);

  it.each([
    ['rows', 0, 0, [1, 0], [4, 5, 6, 1, 2, 3]],
    ['columns', 1, 0, [2, 0], [3, 1, 6, 4]],
  ])('gathers %s', (_, axis, batchDims, indices, expected) => {
    const gathered = tf.tidy(() => tf.gather(x(), tf.tensor1d(indices, 'int32'), axis, batchDims).dataSync());
    expect(Array.from(gathered)).toEqual(expected);
  });

  it('gathers within each row of a batch', () => {
    const gathered = tf.tidy(() => tf.gather(x(), tf.tensor2d([[2], [0]], [2, 1], 'int32'), 1, 1).dataSync());
    expect(Array.from(gathered)).toEqual([3, 4]);
  });

  it.each([-1, 2])('refuses index %i of two rows', index => {
    const gather = () => tf.tidy(() => tf.gather(x(), tf.tensor1d([index], 'int32')).dataSync());
    expect(gather).toThrow(/not in \[0, 2\)/);
  });
});
