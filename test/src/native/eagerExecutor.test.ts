import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import '#tfjs-gradients';
import { AttributeType } from '../../../src/native/executor.js';
import { TensorflowError } from '../../../src/native/status.js';
import { nativeOrNull } from '../../helpers/native.js';

const native = await nativeOrNull();

describe.skipIf(native === null)('eager execution', () => {
  const binding = native?.binding as NonNullable<typeof native>['binding'];
  const float = { name: 'T', type: AttributeType.type, value: 1 };

  it('multiplies matrices', () => {
    const product = tf.tidy(() =>
      tf
        .matMul(
          tf.tensor2d([
            [1, 2],
            [3, 4],
          ]),
          tf.tensor2d([
            [5, 6],
            [7, 8],
          ]),
        )
        .arraySync(),
    );
    expect(product).toEqual([
      [19, 22],
      [43, 50],
    ]);
  });

  it.each([
    ['float32', [1.5, -2]],
    ['int32', [7, -8]],
    ['bool', [1, 0]],
  ] as const)('brings %s values there and back', (dtype, values) => {
    expect([...tf.tidy(() => tf.tensor1d([...values], dtype).dataSync())]).toEqual(values);
  });

  it('brings strings there and back', () => {
    const strings = tf.tidy(() =>
      tf.tile(tf.tensor1d(['', 'é', 'a string that does not fit inline: 0123456789']), [1]).dataSync(),
    );
    expect(strings).toEqual(['', 'é', 'a string that does not fit inline: 0123456789']);
  });

  it('brings empty tensors there and back', () => {
    expect(tf.tidy(() => tf.concat([tf.zeros([0, 3]), tf.zeros([0, 3])]).shape)).toEqual([0, 3]);
  });

  it("reports TensorFlow's own words where an operation fails, and leaks nothing", () => {
    const before = binding.getNumOfTensors();
    const [a, b] = [
      [2, 3],
      [2, 3],
    ].map(shape => binding.createTensor(shape, 1, new Float32Array(6)));
    expect(() => binding.executeOp('MatMul', [float], [a, b], 1)).toThrow(TensorflowError);
    expect(() => binding.executeOp('MatMul', [float], [a, b], 1)).toThrow(/Matrix size-incompatible/);
    expect(() => binding.executeOp('NoSuchOperation', [], [], 1)).toThrow(/NoSuchOperation/);
    binding.deleteTensor(a);
    binding.deleteTensor(b);
    expect(binding.getNumOfTensors()).toBe(before);
  });

  it('refuses values that do not fit the shape', () => {
    expect(() => binding.createTensor([3], 1, new Float32Array(2))).toThrow(
      /8 bytes don't make a tensor of shape \[3\]/,
    );
  });

  it('takes values in pieces, neither too few nor too many, and keeps nothing of what it refuses', () => {
    const pieces = (...lengths: number[]) => lengths.map(length => new Float32Array(length).fill(length));
    const id = binding.createTensor([2, 3], 1, pieces(1, 2, 0, 3));
    expect(binding.tensorDataSync(id)).toEqual(Float32Array.of(1, 2, 2, 3, 3, 3));
    binding.deleteTensor(id);
    const before = binding.getNumOfTensors();
    expect(() => binding.createTensor([2, 3], 1, pieces(1, 2))).toThrow(
      /12 bytes don't make a tensor of shape \[2,3\]/,
    );
    expect(() => binding.createTensor([2, 3], 1, pieces(5, 2))).toThrow(
      /28 bytes don't make a tensor of shape \[2,3\]/,
    );
    expect(binding.getNumOfTensors()).toBe(before);
  });

  it('says so where a tensor is used after it was deleted', () => {
    const id = binding.createTensor([1], 1, new Float32Array(1));
    binding.deleteTensor(id);
    expect(() => binding.tensorDataSync(id)).toThrow(ReferenceError);
  });

  it('holds no native tensor when all of tfjs’s are disposed', () => {
    const before = binding.getNumOfTensors();
    tf.tidy(() =>
      tf
        .grad(x => tf.sum(tf.square(tf.relu(x))))(tf.tensor1d([1, -2, 3]))
        .dataSync(),
    );
    expect(binding.getNumOfTensors()).toBe(before);
  });
});
