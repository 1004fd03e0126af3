import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { mendTapeGradients } from '../../../src/graph/tapeGradients.js';
import { valueAndGradient } from '../../../src/graph/valueAndGradient.js';
import { nativeOrNull } from '../../helpers/native.js';
import { runTuned } from '../../helpers/runTuned.js';

const native = await nativeOrNull();
const values = Float32Array.of(
  -3,
  -0,
  0,
  0.5,
  7,
  1e-45,
  -1e-45,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Number.NaN,
);

type Compute = (x: tf.Tensor) => tf.Tensor[];

const gradient = (fn: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor): tf.Tensor => valueAndGradient(fn, x).gradient;
const leaky = (slope: number) => (x: tf.Tensor) => tf.leakyRelu(x, slope);

describe.skipIf(native === null)('leakyReluGradients', () => {
  it.each<[string, Compute]>([
    ['the gradient', x => [gradient(x => tf.mul(leaky(0.2)(x), 3), x)]],
    ['a slope of 0', x => [gradient(leaky(0), x)]],
    ['a slope below 0', x => [gradient(leaky(-0.5), x)]],
    ['a slope above 1', x => [gradient(leaky(2), x)]],
    ['two slopes of one input', x => [gradient(x => tf.add(leaky(0.1)(x), tf.mul(leaky(0.3)(x), 2)), x)]],
    ['one that is handed out', x => [gradient(leaky(0.2), x), leaky(0.2)(x)]],
  ])('give the same numbers: %s', async (_, compute) => {
    const inputs = [{ shape: [values.length], values }];
    const [tuned, plain] = [
      await runTuned(native, 'turn', inputs, ([x]) => compute(x)),
      await runTuned(native, 'none', inputs, ([x]) => compute(x)),
    ];
    expect(tuned.results).toEqual(plain.results);
  });

  it.each<[string, (fn: (kernel: tf.Tensor) => tf.Tensor, kernel: tf.Tensor) => tf.Tensor[], string]>([
    ["TensorFlow's", (fn, kernel) => Object.values(valueAndGradient(fn, kernel)), 'LeakyReluGrad'],
    ["the tape's", (fn, kernel) => Object.values(tf.valueAndGrad(fn)(kernel)), 'Select'],
  ])(
    'let a convolution, its bias and the activation be one kernel, and keep NaN visible: %s',
    async (_, derive, used) => {
      mendTapeGradients();
      const size = 8;
      const x = new Float32Array(size * size).fill(1);
      x[9] = Number.NaN;
      const { kernels, results } = await runTuned(native, 'turn', [{ shape: [1, size, size, 1], values: x }], ([x]) => {
        const convolve = (kernel: tf.Tensor): tf.Tensor =>
          leaky(0.2)(tf.add(tf.conv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, 1, 'same'), tf.ones([4])));
        return derive(kernel => tf.mean(convolve(kernel)), tf.ones([3, 3, 1, 4]));
      });
      expect(results[0][0]).toBeNaN();
      expect(kernels).toContain(used);
      expect(kernels).not.toContain('LeakyRelu');
    },
  );
});
