import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { valueAndGradient } from '../../../src/graph/valueAndGradient.js';
import { nativeOrNull } from '../../helpers/native.js';
import { runTuned } from '../../helpers/runTuned.js';

const native = await nativeOrNull();

const waves = (shape: number[], from: number) => {
  const size = shape.reduce((product, dim) => product * dim, 1);
  return { shape, values: Float32Array.from({ length: size }, (_, i) => Math.sin(from + i)) };
};
const inputs = [waves([2, 6, 6, 3], 0), waves([3, 3, 3, 4], 1), waves([4], 2)];

type Compute = (x: tf.Tensor4D, kernel: tf.Tensor4D, bias: tf.Tensor1D) => tf.Tensor[];

const convolve = (x: tf.Tensor4D, kernel: tf.Tensor4D) => tf.conv2d(x, kernel, 1, 'same');
const padded = (x: tf.Tensor4D, kernel: tf.Tensor4D) => {
  const pads: [number, number] = [1, 0];
  return tf.conv2d(x, kernel, 1, [[0, 0], pads, pads, [0, 0]]);
};
const biased: (...inputs: Parameters<Compute>) => tf.Tensor = (x, kernel, bias) => tf.add(convolve(x, kernel), bias);

const deep = (x: tf.Tensor4D, kernel: tf.Tensor4D, bias: tf.Tensor1D) => {
  const one = tf.slice(kernel, [0, 0, 0, 0], [3, 3, 3, 1]) as tf.Tensor4D;
  return tf.add(tf.depthwiseConv2d(x, one, 1, 'same'), tf.slice(bias, [0], [3]));
};
const product = (x: tf.Tensor4D, kernel: tf.Tensor4D, bias: tf.Tensor1D, isTurned = false) => {
  const [a, b] = [tf.reshape(x, [72, 3]), tf.slice(tf.reshape(kernel, [27, 4]), [0, 0], [3, 4])];
  return tf.add(tf.matMul(isTurned ? tf.transpose(a) : a, b, isTurned), bias);
};

const both = async (compute: Compute) => {
  const fn = ([x, kernel, bias]: tf.Tensor[]) => compute(x as tf.Tensor4D, kernel as tf.Tensor4D, bias as tf.Tensor1D);
  return [await runTuned(native, 'turn', inputs, fn), await runTuned(native, 'none', inputs, fn)];
};

function expectClose(results: readonly number[][], expected: readonly number[][]): void {
  for (const [i, result] of expected.entries()) {
    for (const [j, value] of result.entries()) expect(results[i][j]).toBeCloseTo(value, 4);
  }
}

const activations = ['Relu', 'Relu6', 'Elu', 'LeakyRelu', 'Tanh'];

describe.skipIf(native === null)('fuseActivations', () => {
  it.each<[string, Compute]>([
    ['ReLU', (...all) => [tf.neg(tf.relu(biased(...all)))]],
    ['ReLU6', (...all) => [tf.neg(tf.relu6(biased(...all)))]],
    ['ELU', (...all) => [tf.neg(tf.elu(biased(...all)))]],
    ['LeakyReLU', (...all) => [tf.neg(tf.leakyRelu(biased(...all), 0.3))]],
    ['none', (...all) => [tf.neg(biased(...all))]],
    ['ReLU behind strides', (x, kernel, bias) => [tf.neg(tf.relu(tf.add(tf.conv2d(x, kernel, 2, 'valid'), bias)))]],
    ['ReLU behind a dilation', (x, k, bias) => [tf.neg(tf.relu(tf.add(tf.conv2d(x, k, 1, 'same', 'NHWC', 2), bias)))]],
    ['ELU behind a depthwise convolution', (x, k, bias) => [tf.neg(tf.elu(deep(x, k, bias)))]],
    ['tanh behind a product', (...all) => [tf.neg(tf.tanh(product(...all)))]],
    ['sigmoid behind a product', (...all) => [tf.neg(tf.sigmoid(product(...all)))]],
    ['LeakyReLU behind a product', (...all) => [tf.neg(tf.leakyRelu(product(...all), 0.3))]],
    ['none behind a product of turned matrices', (...all) => [tf.neg(product(...all, true))]],
  ])('makes one kernel of a convolution or product, its bias and an activation: %s', async (_, compute) => {
    const [tuned, plain] = await both(compute);
    expectClose(tuned.results, plain.results);
    expect(tuned.kernels.filter(type => type.includes('Fused'))).toHaveLength(1);
    expect(tuned.kernels.filter(type => type === 'BiasAdd' || activations.includes(type))).toEqual([]);
  });

  it.each<[string, Compute, string[]]>([
    ['no bias', (x, kernel) => [tf.neg(tf.relu(convolve(x, kernel)))], ['Relu']],
    ['an activation that is a result', (...all) => [tf.relu(biased(...all))], ['Relu']],
    [
      'a sum that is a result',
      (...all) => {
        const sum = biased(...all);
        return [sum, tf.neg(tf.relu(sum))];
      },
      ['Relu'],
    ],
    [
      'a convolution that is a result',
      (x, kernel, bias) => {
        const convolved = convolve(x, kernel);
        return [convolved, tf.neg(tf.relu(tf.add(convolved, bias)))];
      },
      ['Relu'],
    ],
    [
      'a sum that goes into two operations',
      (...all) => {
        const sum = biased(...all);
        return [tf.neg(tf.relu(sum)), tf.neg(tf.elu(sum))];
      },
      ['Elu', 'Relu'],
    ],
    ['explicit padding', (x, kernel, bias) => [tf.neg(tf.relu(tf.add(padded(x, kernel), bias)))], ['Relu']],
  ])('leaves an activation alone: %s', async (_, compute, left) => {
    const [tuned, plain] = await both(compute);
    expectClose(tuned.results, plain.results);
    expect(tuned.kernels.filter(type => activations.includes(type)).toSorted()).toEqual(left);
  });

  it('computes the same gradients, by ReLU that shows NaN', async () => {
    const [tuned, plain] = await both((x, kernel, bias) => {
      const fn = (kernel: tf.Tensor) => tf.relu(tf.add(tf.conv2d(x, kernel as tf.Tensor4D, 1, 'same'), bias));
      return [valueAndGradient(kernel => tf.square(fn(kernel)), kernel).gradient];
    });
    expectClose(tuned.results, plain.results);
    expect(tuned.kernels).toContain('Maximum');
    expect(tuned.kernels).not.toContain('Relu');
  });
});
