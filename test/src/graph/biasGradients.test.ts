import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { Compiler } from '../../../src/graph/compiler.js';
import { valueAndGradient } from '../../../src/graph/valueAndGradient.js';
import type { ProductTuning } from '../../../src/native/backend.js';
import { DataType } from '../../../src/native/dataType.js';
import { nativeOrNull } from '../../helpers/native.js';

const native = await nativeOrNull();
const [size, channels] = [6, 5];

/** Whole numbers, so that the order of a sum doesn't matter. */
const ramp = (length: number): Float32Array => Float32Array.from({ length }, (_, i) => ((i * i) % 7) - 3);

/** The gradient by a bias of the sum of squares, and the kernels that gave it. */
async function run(productTuning: ProductTuning, compute: (bias: tf.Tensor) => tf.Tensor) {
  const compiler = new Compiler({ ...(native as NonNullable<typeof native>), productTuning }, []);
  try {
    const f = compiler.compile([{ shape: [channels], dtype: DataType.float32 }], ([bias]) => [
      // A result that is handed out keeps its kernel: only those who go on computing with it are given another one.
      tf.neg(valueAndGradient(b => tf.sum(tf.square(compute(b))), bias).gradient),
    ]);
    const kernels = (await f.profile([ramp(channels)])).map(({ type }) => type);
    const [gradient] = await f.run([ramp(channels)]);
    return { kernels, gradient: Array.from(gradient as Float32Array) };
  } finally {
    await compiler.dispose();
  }
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
