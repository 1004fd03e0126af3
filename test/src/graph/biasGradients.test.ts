import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { valueAndGradient } from '../../../src/graph/valueAndGradient.js';
import type { ProductTuning } from '../../../src/native/backend.js';
import { nativeOrNull } from '../../helpers/native.js';
import { runTuned } from '../../helpers/runTuned.js';

const native = await nativeOrNull();
const [size, channels] = [6, 5];

/** Whole numbers, so that the order of a sum doesn't matter. */
const ramp = (length: number): Float32Array => Float32Array.from({ length }, (_, i) => ((i * i) % 7) - 3);

/** The gradient by a bias of the sum of squares, and the kernels that gave it. */
async function run(productTuning: ProductTuning, compute: (bias: tf.Tensor) => tf.Tensor) {
  const input = { shape: [channels], values: ramp(channels) };
  const { kernels, results } = await runTuned(native, productTuning, [input], ([bias]) => [
    // A result that is handed out keeps its kernel: only those who go on computing with it are given another one.
    tf.neg(valueAndGradient(b => tf.sum(tf.square(compute(b))), bias).gradient),
  ]);
  return { kernels, gradient: results[0] };
}

const convolved = (bias: tf.Tensor): tf.Tensor => {
  const x = tf.tensor4d(ramp(2 * size * size * 3), [2, size, size, 3]);
  const kernel = tf.tensor4d(ramp(3 * 3 * 3 * channels), [3, 3, 3, channels]);
  return tf.add(tf.conv2d(x, kernel, 1, 'valid'), bias);
};

const multiplied = (bias: tf.Tensor): tf.Tensor =>
  tf.add(tf.matMul(tf.tensor2d(ramp(8), [4, 2]), tf.tensor2d(ramp(2 * channels), [2, channels])), bias);

describe.skipIf(native === null)('biasGradients', () => {
  it.each<ProductTuning>(['eigen', 'turn'])('give the same sum, where products are tuned by "%s"', async tuning => {
    const [tuned, plain] = [await run(tuning, convolved), await run('none', convolved)];
    expect(plain.kernels).toContain('BiasAddGrad');
    expect(tuned.kernels).not.toContain('BiasAddGrad');
    expect(tuned.gradient).toEqual(plain.gradient);
    expect(tuned.gradient.every(value => value !== 0)).toBe(true);
  });

  it('leave that of a product alone', async () => {
    expect((await run('turn', multiplied)).kernels).toContain('BiasAddGrad');
  });
});
