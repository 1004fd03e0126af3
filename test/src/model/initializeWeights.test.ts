import '@tensorflow/tfjs-backend-cpu';
import { initializers, type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { MultiHeadAttention } from '../../../src/layer/multiHeadAttention.js';
import { initializeWeights } from '../../../src/model/initializeWeights.js';

const twoLayers = (initializer: 'heNormal' | 'glorotUniform' | 'randomNormal'): LayersModel =>
  sequential({
    layers: [
      layers.dense({ units: 100, inputShape: [100], kernelInitializer: initializer, biasInitializer: 'ones' }),
      layers.dense({ units: 100, kernelInitializer: initializer }),
    ],
  });

const kernels = (model: LayersModel, seed: number): Float32Array[] => {
  initializeWeights(model, seed);
  return model.getWeights().map(weight => weight.dataSync() as Float32Array);
};

const deviation = (values: Float32Array): number =>
  Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);

describe('initializeWeights', () => {
  it('gives the same weights for a seed, others for another seed and in another layer', () => {
    const [a, bias, b] = kernels(twoLayers('heNormal'), 1);
    expect(kernels(twoLayers('heNormal'), 1)[0]).toEqual(a);
    expect(kernels(twoLayers('heNormal'), 2)[0]).not.toEqual(a);
    expect(b).not.toEqual(a);
    expect(new Set(bias)).toEqual(new Set([1]));
  });

  it.each([
    // √(2 / fan in); cut at two standard deviations of the wider distribution.
    ['heNormal', Math.SQRT2 / 10, (2 * Math.SQRT2) / 10 / 0.8796],
    // √(2 / (fan in + fan out)); the limit is √3 times that.
    ['glorotUniform', 0.1, 0.1 * Math.sqrt(3)],
    ['randomNormal', 0.05, 0.3],
  ] as const)('draws %s with its deviation and limit', (initializer, expected, limit) => {
    const [kernel] = kernels(twoLayers(initializer), 5);
    expect(Math.abs(deviation(kernel) / expected - 1)).toBeLessThan(0.03);
    expect(Math.max(...kernel.map(Math.abs))).toBeLessThanOrEqual(limit);
  });

  it('takes all axes of what comes in and of what goes out of an attention for its fans', () => {
    const layer = new MultiHeadAttention({
      inputShape: [3, 100],
      numHeads: 10,
      keyDim: 10,
      kernelInitializer: 'heNormal',
    });
    const [query, , , , , , output] = kernels(sequential({ layers: [layer] }), 5);
    for (const kernel of [query, output]) {
      expect(Math.abs(deviation(kernel as Float32Array) / (Math.SQRT2 / 10) - 1)).toBeLessThan(0.03);
    }
    expect(query).not.toEqual(output);
  });

  it('draws orthogonal matrices', () => {
    const model = twoLayers('heNormal');
    // tfjs can't build a layer with it where chained operations aren't registered.
    Object.assign(model.layers[0], { kernelInitializer: initializers.orthogonal({}) });
    const [kernel] = kernels(model, 5);
    const product = (i: number, j: number): number => {
      let sum = 0;
      for (let k = 0; k < 100; k++) sum += kernel[k * 100 + i] * kernel[k * 100 + j];
      return sum;
    };
    expect(product(3, 3)).toBeCloseTo(1, 5);
    expect(product(3, 4)).toBeCloseTo(0, 5);
  });
});
