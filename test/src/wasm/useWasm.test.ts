import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '#tfjs-gradients';
import { input, layers } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { WasmUnsupportedError } from '../../../src/error/wasmUnsupportedError.js';
import { keepMask } from '../../../src/layer/statelessRandom.js';
import { createLearner } from '../../../src/learner/createLearner.js';
import { cifar10Cnn } from '../../../src/model/cifar10Cnn.js';
import { initializeWeights } from '../../../src/model/initializeWeights.js';
import { rmsprop } from '../../../src/optimizer/rmsprop.js';
import { useWasm } from '../../../src/wasm/useWasm.js';

beforeAll(async () => {
  await useWasm();
  await useWasm(); // a second call changes nothing
});

/** Numbers without a pattern that a wrong order of elements could hide in. */
const wave = (shape: number[], frequency = 1): tf.Tensor =>
  tf.tensor(
    Float32Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => Math.sin(frequency * (i + 1))),
    shape,
  );

function on(backend: 'wasm' | 'cpu', compute: () => tf.Tensor[]): Float32Array[] {
  tf.setBackend(backend);
  const results = tf.tidy(compute);
  const values = results.map(result => result.dataSync() as Float32Array);
  tf.dispose(results);
  return values;
}

/** What the backend written in plain JavaScript says, and that nothing is left behind. */
function expectAgreement(compute: () => tf.Tensor[]): void {
  const before = tf.memory().numTensors;
  const actual = on('wasm', compute);
  expect(tf.memory().numTensors).toBe(before);
  for (const [i, reference] of on('cpu', compute).entries()) {
    expect(actual[i]).toHaveLength(reference.length);
    const worst = actual[i].reduce((max, value, at) => Math.max(max, Math.abs(value - reference[at])), 0);
    const size = reference.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
    expect(worst).toBeLessThanOrEqual(1e-5 * size);
  }
}

describe('useWasm', () => {
  it.each([
    { a: [5, 3], b: [5, 4], transposeA: true, transposeB: false },
    { a: [3, 5], b: [4, 5], transposeA: false, transposeB: true },
    { a: [5, 3], b: [4, 5], transposeA: true, transposeB: true },
    { a: [3, 5], b: [5, 4], transposeA: false, transposeB: false },
    { a: [1, 5, 3], b: [1, 5, 4], transposeA: true, transposeB: false },
    { a: [2, 5, 3], b: [2, 5, 4], transposeA: true, transposeB: false },
    { a: [2, 3, 5], b: [1, 4, 5], transposeA: false, transposeB: true },
  ])('multiplies $a by $b, transposed $transposeA and $transposeB', ({ a, b, transposeA, transposeB }) => {
    expectAgreement(() => [tf.matMul(wave(a), wave(b, 2), transposeA, transposeB)]);
  });

  it.each([
    { filter: [3, 3], strides: 1, pad: 'same' },
    { filter: [3, 3], strides: 1, pad: 'valid' },
    { filter: [3, 3], strides: 2, pad: 'same' },
    { filter: [3, 3], strides: 2, pad: 'valid' },
    { filter: [2, 3], strides: [3, 2], pad: 'same' },
    { filter: [1, 1], strides: 2, pad: 'same' },
    { filter: [5, 1], strides: [1, 2], pad: 'valid' },
    { filter: [3, 3], strides: 1, pad: 1 },
    { filter: [2, 2], strides: 1, pad: 3 },
  ] as const)('has the gradients of a convolution: filter $filter, strides $strides, padding $pad', row => {
    expectAgreement(() =>
      tf.grads((x, filter) =>
        tf.square(
          tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, row.strides as number | [number, number], row.pad),
        ),
      )([wave([2, 7, 8, 3]), wave([...row.filter, 3, 4], 2)]),
    );
  });

  it.each([
    { filter: [3, 2], strides: 3 },
    { filter: [1, 3], strides: 2 },
    { filter: [2, 2], strides: [1, 3] },
  ] as const)(
    'convolves where strides $strides leave the last pixels unused: filter $filter',
    ({ filter, strides }) => {
      const rest = [strides as number, 'same'] as const;
      const input = {
        x: wave([2, 6, 7, 3]) as tf.Tensor4D,
        strides: rest[0],
        pad: 'same',
        activation: 'relu',
      } as const;
      const ordinary = wave([...filter, 3, 4], 2) as tf.Tensor4D;
      const depthwise = wave([...filter, 3, 2], 2) as tf.Tensor4D;
      expectAgreement(() => [
        tf.conv2d(input.x, ordinary, ...rest),
        tf.fused.conv2d({ ...input, filter: ordinary }),
        tf.depthwiseConv2d(input.x, depthwise, ...rest),
        tf.fused.depthwiseConv2d({ ...input, filter: depthwise }),
        ...tf.grads((x, filter) => tf.square(tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, ...rest)))([
          input.x,
          ordinary,
        ]),
      ]);
      tf.dispose([input.x, ordinary, depthwise]);
    },
  );

  it.each(['relu', 'relu6'] as const)('tells NaN behind a %s in any prediction', activation => {
    const x = tf.fill([1, 2, 2, 1], Number.NaN) as tf.Tensor4D;
    const filter = tf.ones([2, 2, 1, 1]) as tf.Tensor4D;
    const convolution = { x, filter, strides: 1, pad: 'same', activation } as const;
    const results = on('wasm', () => [
      tf.fused.conv2d(convolution),
      tf.fused.depthwiseConv2d(convolution),
      tf.fused.matMul({ a: tf.fill([1, 2], Number.NaN), b: tf.ones([2, 1]), bias: tf.ones([1]), activation }),
    ]);
    for (const result of results) expect([...result].every(Number.isNaN)).toBe(true);
    tf.dispose([x, filter]);
  });

  it('tells NaN on either side of a maximum or minimum', () => {
    const numbers = (): tf.Tensor => tf.tensor1d([Number.NaN, 1, 2]);
    const others = (): tf.Tensor => tf.tensor2d([[1], [Number.NaN]]);
    for (const extreme of [tf.maximum, tf.minimum]) {
      const [both] = on('wasm', () => [extreme(numbers(), others())]);
      expect([...both].map(Number.isNaN)).toEqual([true, false, false, true, true, true]);
    }
  });

  it.each([
    { window: 2, strides: 2, pad: 'valid' },
    { window: 3, strides: 1, pad: 'same' },
    { window: [1, 3], strides: [2, 1], pad: 'same' },
    { window: 2, strides: 1, pad: 1 },
  ] as const)(
    'has the gradient of largest values, below 0 and twice among them: window $window, strides $strides',
    row => {
      const pool = (x: tf.Tensor) =>
        tf.square(
          tf.maxPool(x as tf.Tensor4D, row.window as [number, number], row.strides as [number, number], row.pad),
        );
      expectAgreement(() => [
        tf.grad(pool)(tf.sub(wave([2, 5, 6, 3]), 2)),
        tf.grad(pool)(tf.round(tf.mul(wave([2, 5, 6, 3]), 2))),
      ]);
    },
  );

  it.each(['valid', 'same'] as const)('has largest values in three dimensions and their gradient, padding %s', pad => {
    const pool = (x: tf.Tensor) => tf.square(tf.maxPool3d(x as tf.Tensor5D, 2, [1, 2, 2], pad));
    const below = (): tf.Tensor => tf.sub(wave([2, 3, 5, 4, 2]), 2);
    expectAgreement(() => [pool(below()), tf.grad(pool)(below())]);
  });

  it('has the sign of small numbers, and limits that let NaN through', () => {
    const values = (): tf.Tensor => tf.tensor1d([1e-8, -1e-8, 1e-30, 0, 7, -7, Number.NaN]);
    const infinities = (): tf.Tensor => tf.tensor1d([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
    expectAgreement(() => [tf.sign(tf.slice(values(), 0, 6)), tf.sign(infinities()), tf.relu6(infinities())]);
    expectAgreement(() => [tf.clipByValue(tf.tensor1d([-9, 2, 9], 'int32'), -3, 3)]);
    const [sign, clipped, relu6] = on('wasm', () => [
      tf.sign(values()),
      tf.clipByValue(values(), 0.5, 2),
      tf.relu6(values()),
    ]);
    expect([...sign.slice(0, 6)]).toEqual([1, -1, 1, 0, 1, -1]);
    expect([...clipped]).toEqual([0.5, 0.5, 0.5, 0.5, 2, 0.5, Number.NaN]);
    expect([...relu6].slice(3)).toEqual([0, 6, 0, Number.NaN]);
    expect(sign[6]).toBeNaN();
  });

  it('tells NaN in a mean, and frees what it makes on the way', () => {
    tf.setBackend('wasm');
    const before = tf.memory().numTensors;
    const pooled = tf.tidy(() =>
      tf.relu(tf.avgPool(tf.tensor4d([Number.NaN, 1, 2, 3, 5, 7], [1, 1, 6, 1]), [1, 2], 2, 'valid')),
    );
    expect([...pooled.dataSync()]).toEqual([Number.NaN, 2.5, 6]);
    pooled.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('divides the gradient of a mean by the values that a window has beside its padding', () => {
    tf.setBackend('wasm');
    const flat = tf.grad(x => tf.avgPool(x as tf.Tensor4D, 2, 1, 'same'))(tf.ones([1, 2, 2, 1]));
    expect([...flat.dataSync()]).toEqual([0.25, 0.75, 0.75, 2.25]);
    const deep = tf.grad(x => tf.avgPool3d(x as tf.Tensor5D, [2, 2, 1], 1, 'same'))(tf.ones([1, 2, 2, 1, 1]));
    expect([...deep.dataSync()]).toEqual([0.25, 0.75, 0.75, 2.25]);
    tf.dispose([flat, deep]);
  });

  it.each(['int32', 'float32', 'bool'] as const)('encodes class numbers in %s', dtype => {
    expectAgreement(() => [tf.cast(tf.oneHot(tf.tensor1d([2, 0, 5], 'int32'), 4, 1, 0, dtype), 'float32')]);
  });

  it('has the gradient of gathering, with rows that occur twice or never', () => {
    expectAgreement(() => [
      tf.grad(table => tf.square(tf.gather(table, tf.tensor2d([0, 2, 2, 4], [2, 2], 'int32'))))(wave([5, 3])),
    ]);
  });

  it.each([
    [
      'depthwise',
      () => tf.grad(x => tf.depthwiseConv2d(x as tf.Tensor4D, wave([2, 2, 3, 1]) as tf.Tensor4D, 1, 'valid')),
    ],
    [
      'three-dimensional',
      () => tf.grad(x => tf.conv3d(x as tf.Tensor5D, wave([2, 2, 2, 3, 1]) as tf.Tensor5D, 1, 'valid')),
    ],
  ] as const)("says that it can't compute the gradient of a %s convolution", (kind, gradient) => {
    tf.setBackend('wasm');
    const x = kind === 'depthwise' ? wave([1, 4, 4, 3]) : wave([1, 4, 4, 4, 3]);
    expect(() => gradient()(x)).toThrow(WasmUnsupportedError);
    expect(() => gradient()(x)).toThrow(new RegExp(`${kind} convolution.*gradstream doctor`));
  });

  it('draws orthogonal initial weights, which need methods of tensors', () => {
    tf.setBackend('wasm');
    const layer = layers.simpleRNN({ units: 3 });
    layer.apply(input({ shape: [5, 4] }));
    const recurrent = layer.getWeights()[1];
    const product = tf.matMul(recurrent, recurrent, true).dataSync();
    for (const [i, value] of product.entries()) expect(value).toBeCloseTo(i % 4 === 0 ? 1 : 0, 5);
    layer.dispose();
  });

  it('draws the dropout masks that every backend draws', () => {
    const host = [-7, 100_000] as const;
    const mask = () => [keepMask([3, 5], 0.5, { tensor: tf.tensor1d([...host], 'int32'), host })];
    expect(on('wasm', mask)).toEqual(on('cpu', mask));
  });

  it('trains a convolution network', async () => {
    tf.setBackend('wasm');
    const model = cifar10Cnn();
    initializeWeights(model, 7);
    const learner = createLearner({ model, optimizer: rmsprop(), loss: 'sparse_categorical_crossentropy' });
    const batch = {
      kind: 'values',
      x: { data: (await wave([4, 32, 32, 3]).data()) as Float32Array, shape: [4, 32, 32, 3] },
      y: { data: new Int32Array([0, 1, 2, 3]), shape: [4] },
      size: 4,
      epoch: 0,
      cursor: { epoch: 0, position: 4 },
      seed: 1,
    } as const;
    const losses: number[] = [];
    for (let iterations = 0; iterations < 4; iterations++) {
      losses.push((await learner.step(batch, { learningRate: 0.001, iterations })).loss);
    }
    expect(losses[3]).toBeLessThan(losses[0]);
    await learner.dispose();
  });
});
