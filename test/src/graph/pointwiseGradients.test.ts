import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { valueAndGradient } from '../../../src/graph/valueAndGradient.js';
import type { ProductTuning } from '../../../src/native/backend.js';
import { nativeOrNull } from '../../helpers/native.js';
import { runTuned } from '../../helpers/runTuned.js';

const native = await nativeOrNull();
/** Whole numbers, so that the order of a sum doesn't matter. */
const ramp = (length: number): Float32Array => Float32Array.from({ length }, (_, i) => ((i * i) % 7) - 3);

interface Case {
  readonly kernel: [number, number, number, number];
  readonly strides?: number;
  readonly padding?: 'same' | 'valid';
  readonly bias?: boolean;
}

const size = 6;

/** The gradient by the kernel of a convolution's sum of squares, and whether a product of matrices gave it. */
async function run(productTuning: ProductTuning, { kernel, strides = 1, padding = 'same', bias = false }: Case) {
  const length = kernel.reduce((a, b) => a * b);
  const shape: [number, number, number, number] = [2, size, size, kernel[2]];
  const x = ramp(shape.reduce((a, b) => a * b));
  const input = { shape: kernel, values: ramp(length) };
  const { kernels, results } = await runTuned(native, productTuning, [input], ([weights]) => {
    const loss = (w: tf.Tensor): tf.Tensor => {
      const y = tf.conv2d(tf.tensor4d(x, shape), w as tf.Tensor4D, strides, padding);
      return tf.sum(tf.square(bias ? tf.add(y, tf.ones([kernel[3]])) : y));
    };
    // A result that is handed out keeps its kernel: only those who go on computing with it are given another one.
    return [tf.neg(valueAndGradient(loss, weights).gradient)];
  });
  return { isProduct: kernels.some(type => type.includes('MatMul')), gradient: results[0] };
}

describe.skipIf(native === null)('pointwiseGradients', () => {
  it.each<[Case, boolean]>([
    [{ kernel: [1, 1, 3, 5] }, true],
    [{ kernel: [1, 1, 5, 3] }, true],
    [{ kernel: [1, 1, 4, 4], padding: 'valid' }, true],
    [{ kernel: [1, 1, 2, 6], bias: true }, true],
    [{ kernel: [3, 3, 3, 5] }, false],
    [{ kernel: [1, 3, 3, 5] }, false],
    [{ kernel: [3, 1, 3, 5] }, false],
  ])('%j: a product: %s, with the same numbers', async (given, isProduct) => {
    const [tuned, plain] = [await run('eigen', given), await run('none', given)];
    expect([tuned.isProduct, plain.isProduct]).toEqual([isProduct, false]);
    expect(tuned.gradient).toEqual(plain.gradient);
    expect(tuned.gradient.some(value => value !== 0)).toBe(true);
  });

  it('leaves strided ones alone', async () => {
    expect((await run('eigen', { kernel: [1, 1, 3, 5], strides: 2 })).isProduct).toBe(false);
  });

  it.each<[ProductTuning, boolean]>([
    ['eigen', true],
    ['turn', true],
    ['none', false],
  ])('where products are tuned by "%s": %s', async (tuning, isProduct) => {
    expect((await run(tuning, { kernel: [1, 1, 3, 5] })).isProduct).toBe(isProduct);
  });
});
