import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { beforeAll, describe, it } from 'vitest';
import { mendTapeGradients } from '../../../src/graph/tapeGradients.js';
import { expectSlopes, scattered } from '../../helpers/expectSlopes.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
  mendTapeGradients();
});

describe('mendCpuKernels', () => {
  it.each([
    { window: 2, strides: 2, pad: 'same' },
    { window: 3, strides: 1, pad: 'same' },
    { window: [1, 3], strides: [2, 1], pad: 'valid' },
  ] as const)('has the gradients of pooling: window $window, strides $strides, padding $pad', row => {
    const rest = [row.window as number, row.strides as number, row.pad] as const;
    expectSlopes(x => tf.avgPool(x as tf.Tensor4D, ...rest), [scattered([2, 5, 6, 2])]);
    expectSlopes(x => tf.maxPool(x as tf.Tensor4D, ...rest), [scattered([2, 5, 6, 2])]);
  });

  it.each([
    { window: 2, strides: 2, pad: 'same' },
    { window: [1, 2, 3], strides: [2, 1, 1], pad: 'same' },
    { window: [1, 2, 3], strides: [2, 1, 1], pad: 'valid' },
  ] as const)('has them in three dimensions: window $window, strides $strides, padding $pad', row => {
    const rest = [row.window as number, row.strides as number, row.pad] as const;
    expectSlopes(x => tf.avgPool3d(x as tf.Tensor5D, ...rest), [scattered([2, 3, 4, 5, 1])]);
    expectSlopes(x => tf.maxPool3d(x as tf.Tensor5D, ...rest), [scattered([2, 3, 4, 5, 1])]);
  });
});
