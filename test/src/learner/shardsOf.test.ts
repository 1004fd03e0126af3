import '@tensorflow/tfjs-backend-cpu';
import { layers, type Sequential, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { shardsOf } from '../../../src/learner/shardsOf.js';
import type { Native } from '../../../src/native/backend.js';
import { provideTensorMethods } from '../../../src/native/provideTensorMethods.js';

provideTensorMethods();

const nativeWith = (threads: number, { canShard = true, vectors = 'avx512' } = {}): Native =>
  ({ canShard, vectors, config: { threads } }) as Native;

const avx2 = nativeWith(2, { vectors: 'avx2' });

const chain = (length: number) =>
  sequential({
    layers: Array.from({ length }, () => layers.activation({ activation: 'relu', inputShape: [3] })),
  });

const normalized = (side: number | null, channels: number) =>
  sequential({
    layers: [
      layers.batchNormalization({ inputShape: [side, side, channels] }),
      layers.conv2d({ filters: 64, kernelSize: 1 }),
    ],
  });

/** With 65 parameters for each unit of its dense layer. */
const convolving = (units: number) =>
  sequential({
    layers: [
      layers.conv2d({ filters: 1, kernelSize: 1, inputShape: [8, 8, 1] }),
      layers.flatten(),
      layers.dense({ units, kernelInitializer: 'zeros' }),
    ],
  });

function frozen(model: Sequential): Sequential {
  for (const layer of model.layers) layer.trainable = false;
  return model;
}

const embedding = () =>
  sequential({
    layers: [
      layers.embedding({ inputDim: 2 ** 20, outputDim: 5, inputLength: 4, embeddingsInitializer: 'zeros' }),
      layers.conv1d({ filters: 1, kernelSize: 1 }),
    ],
  });

const depthwise = () => sequential({ layers: [layers.depthwiseConv2d({ kernelSize: 1, inputShape: [2, 2, 3] })] });

const recurrent = () => sequential({ layers: [layers.simpleRNN({ units: 2, inputShape: [4, 3] })] });

describe('shardsOf', () => {
  it.each([
    ['two threads', chain(2), nativeWith(2), undefined, 2],
    ['one thread', chain(2), nativeWith(1), undefined, 1],
    ['more threads, which nobody has measured', chain(2), nativeWith(8), undefined, 1],
    ['a number that is asked for', chain(2), nativeWith(8), 4, 4],
    ['a TensorFlow that lets no graph be changed', chain(2), nativeWith(2, { canShard: false }), 2, 1],
    ['an unknown processor', convolving(1), nativeWith(2, { vectors: 'other' }), undefined, 1],
    ['an unknown processor, asked for', convolving(1), nativeWith(2, { vectors: 'other' }), 2, 2],
    ['AVX2', convolving(64_527), avx2, undefined, 2],
    ['AVX2 and many weights', convolving(64_528), avx2, undefined, 1],
    ['AVX2 and many weights that are frozen', frozen(convolving(64_528)), avx2, undefined, 2],
    ['AVX2 and a large embedding', embedding(), avx2, undefined, 1],
    ['AVX2 and a nested model', sequential({ layers: [convolving(1)] }), avx2, undefined, 2],
    ['AVX2 and many weights in a nested model', sequential({ layers: [convolving(64_528)] }), avx2, undefined, 1],
    ['AVX2 and depthwise convolutions', depthwise(), avx2, undefined, 2],
    ['AVX2 and batch normalization', normalized(4, 4), avx2, undefined, 1],
    ['AVX2 without a convolution', chain(2), avx2, undefined, 1],
    ['another backend', chain(2), undefined, 2, 1],
    ['a deep model', chain(1001), nativeWith(2), undefined, 1],
    ['normalization of what a cache holds', normalized(32, 32), nativeWith(2), undefined, 2],
    ['normalization of more', normalized(32, 33), nativeWith(2), undefined, 1],
    ['normalization of more, asked for', normalized(32, 33), nativeWith(2), 2, 2],
    ['normalization of any size', normalized(null, 2), nativeWith(2), undefined, 1],
    ['a deep model, asked for', chain(1001), nativeWith(2), 2, 2],
  ])('goes by %s', (_, model, native, wanted, expected) => {
    expect(shardsOf(model, native, wanted)).toBe(expected);
  });

  it.each([0, -1, 1.5, Number.NaN])('takes no %d', wanted => {
    expect(() => shardsOf(chain(2), nativeWith(2), wanted)).toThrow(
      `createLearner: shards must be a whole number from 1 on, got ${wanted}.`,
    );
  });

  it('keeps a model whole in which examples may see each other', () => {
    expect(shardsOf(recurrent(), nativeWith(2), 2)).toBe(1);
  });
});
