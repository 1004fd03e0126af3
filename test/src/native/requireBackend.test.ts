import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { expect, it } from 'vitest';
import { BackendMissingError } from '../../../src/error/backendMissingError.js';
import { cifar10Cnn } from '../../../src/model/cifar10Cnn.js';
import { mnistMlp } from '../../../src/model/mnistMlp.js';
import { resnet } from '../../../src/model/resnet.js';
import { useWasm } from '../../../src/wasm/useWasm.js';

it.each([
  ['mnistMlp', () => mnistMlp()],
  ['cifar10Cnn', () => cifar10Cnn()],
  ['resnet', () => resnet({ n: 1, version: 2 })],
  ['a model of tfjs', () => sequential({ layers: [layers.dense({ units: 1, inputShape: [2] })] })],
  ['a tensor', () => tf.tensor1d([1, 2])],
])('%s says how to get a backend where there is none', (_, build) => {
  expect(build).toThrow(BackendMissingError);
  expect(build).toThrow(/await useNative\(\)/);
});

it('is as if nothing had been, once there is a backend', async () => {
  expect(() => tf.zeros([2])).toThrow(BackendMissingError);
  await useWasm();
  expect(await tf.ones([2]).array()).toEqual([1, 1]);
});
