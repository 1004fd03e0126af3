import { expect, it } from 'vitest';
import { BackendMissingError } from '../../../src/error/backendMissingError.js';
import { cifar10Cnn } from '../../../src/model/cifar10Cnn.js';
import { mnistMlp } from '../../../src/model/mnistMlp.js';
import { resnet } from '../../../src/model/resnet.js';

it.each([
  ['mnistMlp', () => mnistMlp()],
  ['cifar10Cnn', () => cifar10Cnn()],
  ['resnet', () => resnet({ n: 1, version: 2 })],
])('%s says how to get a backend where there is none', (_, build) => {
  expect(build).toThrow(BackendMissingError);
  expect(build).toThrow(/await useNative\(\)/);
});
