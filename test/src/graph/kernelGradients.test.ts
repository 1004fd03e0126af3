import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { isWorthwhile } from '../../../src/graph/kernelGradients.js';
import { valueAndGradient } from '../../../src/graph/valueAndGradient.js';
import type { ProductTuning } from '../../../src/native/backend.js';
import { nativeOrNull } from '../../helpers/native.js';
import { runTuned } from '../../helpers/runTuned.js';

const native = await nativeOrNull();
/** Whole numbers, so that the order of a sum doesn't matter. */
const ramp = (length: number): Float32Array => Float32Array.from({ length }, (_, i) => ((i * i) % 5) - 2);

interface Case {
  readonly examples?: number;
  readonly size?: readonly [number, number];
  readonly kernel?: readonly [number, number, number, number];
  readonly padding?: 'same' | 'valid';
  readonly strides?: number;
  readonly threads?: number;
  readonly shards?: number;
}

/** The gradient by the kernel of a convolution, and by how many convolutions it was computed. */
async function run(
  productTuning: ProductTuning,
  {
    examples = 2,
    size = [6, 5],
    kernel = [3, 3, 32, 32],
    padding = 'same',
    strides = 1,
    threads = 1,
    shards = 1,
  }: Case,
) {
  const inputs = [[examples, ...size, kernel[2]], [...kernel]].map(shape => ({
    shape,
    values: ramp(shape.reduce((a, b) => a * b)),
  }));
  const { kernels, results } = await runTuned(
    native,
    productTuning,
    inputs,
    ([x, weights]) => {
      const loss = (w: tf.Tensor): tf.Tensor => {
        const y = tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, strides, padding);
        return tf.sum(tf.mul(y, tf.reshape(tf.mod(tf.range(0, y.size), 7), y.shape)));
      };
      // A result that is handed out keeps its kernel: only those who go on computing with it are given another one.
      return [tf.neg(valueAndGradient(loss, weights).gradient)];
    },
    { threads, shards },
  );
  return { pieces: kernels.filter(type => type.includes('Conv3D')).length, gradient: results[0] };
}

describe.skipIf(native === null)('kernelGradients', () => {
  it.each<[Case, number]>([
    [{}, 1],
    [{ padding: 'valid' }, 1],
    [{ size: [1, 9] }, 1],
    [{ kernel: [3, 3, 64, 24] }, 1],
    [{ examples: 5, size: [40, 24] }, 3],
    [{ examples: 5, size: [41, 25], padding: 'valid' }, 3],
    // A row of what comes back is more than is cached.
    [{ examples: 16, size: [4, 160] }, 4],
    [{ threads: 2, kernel: [3, 3, 128, 128] }, 1],
    // In shards an operation has one thread.
    [{ threads: 2, shards: 2 }, 1],
    [{ threads: 2, kernel: [3, 3, 64, 64], size: [32, 32] }, 2],
  ])('%j: in %i pieces, with the same numbers', async (given, pieces) => {
    const [tuned, plain] = [await run('eigen', given), await run('none', given)];
    expect([tuned.pieces, plain.pieces]).toEqual([pieces, 0]);
    expect(tuned.gradient).toEqual(plain.gradient);
    expect(tuned.gradient.some(value => value !== 0)).toBe(true);
  });

  it.each<[string, Case]>([
    ['with strides', { strides: 2 }],
    ['of 5×5', { kernel: [5, 5, 32, 32] }],
    ['of 1×3', { kernel: [1, 3, 256, 256] }],
    ['of 3×1', { kernel: [3, 1, 256, 256] }],
    ['of few channels', { kernel: [3, 3, 16, 32] }],
    ['of many examples for their channels', { examples: 17 }],
    ['of small pictures for two threads', { threads: 2, kernel: [3, 3, 64, 64] }],
    ['for more threads than there are places', { threads: 5, kernel: [3, 3, 128, 128] }],
  ])('leaves alone those %s', async (_, given) => {
    expect((await run('eigen', given)).pieces).toBe(0);
  });

  it.each<[ProductTuning, number]>([
    ['eigen', 1],
    ['turn', 0],
    ['none', 0],
  ])('where products are tuned by "%s": %i convolution', async (tuning, pieces) => {
    expect((await run(tuning, {})).pieces).toBe(pieces);
  });
});

it.each<[boolean, string, readonly number[], readonly number[], number]>([
  [true, 'as many numbers as were measured', [3, 3, 64, 64], [4, 256, 256, 64], 1],
  [false, 'pictures too large for a copy', [3, 3, 64, 64], [4, 257, 256, 64], 1],
  [false, 'a batch of any size', [3, 3, 64, 64], [-1, 8, 8, 64], 1],
  [true, 'channels that are enough for any number of examples', [3, 3, 128, 128], [100, 8, 8, 128], 1],
  [true, 'pictures that occupy two threads', [3, 3, 64, 64], [4, 32, 32, 64], 2],
  [false, 'slightly smaller ones', [3, 3, 64, 64], [4, 31, 33, 64], 2],
])('is worthwhile: %s, for %s', (expected, _, kernel, x, threads) => {
  expect(isWorthwhile(kernel, x, threads)).toBe(expected);
});
