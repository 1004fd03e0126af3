import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { valueAndGradient } from '../../../src/graph/valueAndGradient.js';
import type { ProductTuning } from '../../../src/native/backend.js';
import { nativeOrNull } from '../../helpers/native.js';
import { runTuned } from '../../helpers/runTuned.js';

const native = await nativeOrNull();
const values = Float32Array.of(-3, -0, 0, 0.5, 7, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN);

type Compute = (x: tf.Tensor) => tf.Tensor[];

const run = (productTuning: ProductTuning, values: Float32Array, shape: number[], compute: Compute) =>
  runTuned(native, productTuning, [{ shape, values }], ([x]) => compute(x));

const gradient = (fn: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor): tf.Tensor => valueAndGradient(fn, x).gradient;

describe.skipIf(native === null)('reluGradients', () => {
  it.each<[string, Compute, boolean]>([
    ['the gradient', x => [gradient(x => tf.mul(tf.relu(x), 3), x)], true],
    ['the value', x => [valueAndGradient(x => tf.add(tf.relu(x), 1), x).value], true],
    ['a ReLU that is handed out', x => [gradient(tf.relu, x), tf.relu(x)], false],
    ['two ReLUs of one input', x => [gradient(x => tf.add(tf.relu(x), tf.mul(tf.relu(x), 2)), x)], true],
    [
      'ReLUs of two outputs of one operation',
      x => {
        const halves = (x: tf.Tensor) => tf.unstack(tf.reshape(x, [2, values.length / 2]));
        return [gradient(x => tf.sum(tf.stack(halves(x).map((half, i) => tf.mul(tf.relu(half), i + 1))), 0), x)];
      },
      true,
    ],
    ['the second gradient', x => [gradient(x => tf.square(gradient(x => tf.square(tf.relu(x)), x)), x)], true],
    ['a ReLU without gradient', x => [tf.neg(tf.relu(x))], false],
  ])('give the same numbers: %s', async (_, compute, isMaximum) => {
    const [tuned, plain] = [
      await run('turn', values, [values.length], compute),
      await run('none', values, [values.length], compute),
    ];
    expect(tuned.results).toEqual(plain.results);
    expect(tuned.kernels.includes('Relu')).toBe(!isMaximum);
  });

  it('keep NaN of a convolution visible', async () => {
    const size = 8;
    const x = new Float32Array(size * size).fill(1);
    x[9] = Number.NaN;
    const { results } = await run('turn', x, [1, size, size, 1], x => {
      const convolve = (kernel: tf.Tensor): tf.Tensor =>
        tf.relu(tf.add(tf.conv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, 1, 'same'), tf.ones([4])));
      return [valueAndGradient(kernel => tf.mean(convolve(kernel)), tf.ones([3, 3, 1, 4])).value];
    });
    expect(results[0][0]).toBeNaN();
  });
});
