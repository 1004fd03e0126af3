import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { Normalization } from '../../../src/layer/normalization.js';

const x = { data: Float32Array.from({ length: 24 }, (_, i) => i ** 2 % 17), shape: [4, 3, 2] };

function normalized(layer: Normalization): number[] {
  const made = layer.apply(tf.tensor3d(x.data, [4, 3, 2])) as tf.Tensor;
  return [...made.dataSync().slice(0, 6)];
}

describe('Normalization.adapt', () => {
  // Of keras.layers.Normalization(axis=…) after adapt, Keras 3.15.
  it.each([
    [-1, [-1.3353, -1.10265, -0.59002, 0.25446, 1.64584, 0.08482]],
    [null, [-1.30032, -1.123, -0.59105, 0.29553, 1.53674, 0.11821]],
    [1, [-0.97432, -0.80847, -1.40694, -0.15633, 1.60579, 0.25355]],
    [
      [1, 2],
      [-0.88354, -1.21296, -1.48819, -0.33333, 0.99313, 1.66667],
    ],
  ])('normalizes along axis %o as Keras does', (axis, expected) => {
    const layer = new Normalization({ axis });
    layer.adapt(x);
    const made = normalized(layer);
    for (const [i, value] of expected.entries()) expect(made[i]).toBeCloseTo(value, 4);
  });

  it('does so once the layer is built, too, and again', () => {
    const layer = new Normalization({ inputShape: [3, 2] });
    sequential({ layers: [layer] });
    layer.adapt({ data: new Float32Array(24), shape: [4, 3, 2] });
    layer.adapt(x);
    const fresh = new Normalization();
    fresh.adapt(x);
    expect(normalized(layer)).toEqual(normalized(fresh));
  });

  it('leaves no tensor behind but the weights', () => {
    const layer = new Normalization({ inputShape: [3, 2] });
    sequential({ layers: [layer] });
    const before = tf.memory().numTensors;
    layer.adapt(x);
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each([
    ['data without rows', { data: new Float32Array(0), shape: [0, 3, 2] }, /without rows/],
    [
      'missing values',
      { data: Float32Array.of(1, 2, 3, Number.NaN), shape: [2, 2] },
      /NaN or infinite values, here in place 1/,
    ],
  ])('refuses %s', (_, data, message) => {
    expect(() => new Normalization().adapt(data)).toThrow(message);
  });

  it('refuses data of another shape, and numbers beside those that were given', () => {
    const layer = new Normalization({ inputShape: [3] });
    sequential({ layers: [layer] });
    expect(() => layer.adapt({ data: Float32Array.of(1, 2), shape: [1, 2] })).toThrow(/has \[3\] means.* have \[2\]/);
    expect(() => new Normalization({ mean: 0, variance: 1 }).adapt(x)).toThrow(/can't be adapted/);
  });
});
