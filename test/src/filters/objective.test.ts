import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAscender } from '../../../src/filters/ascender.js';
import { networkPart } from '../../../src/filters/networkPart.js';
import {
  blend,
  classLogit,
  deepDream,
  filterActivation,
  layerActivation,
  type Objective,
  penalized,
  transformed,
} from '../../../src/filters/objective.js';
import { blur, meanSquare, totalVariation } from '../../../src/filters/regularizers.js';
import { startNoise } from '../../../src/filters/startNoise.js';
import { initializeWeights } from '../../../src/model/initializeWeights.js';
import { nativeOrNull } from '../../helpers/native.js';

const native = await nativeOrNull();

describe.skipIf(native === null)('objectives', () => {
  const model = sequential({
    layers: [
      layers.conv2d({ name: 'a', inputShape: [8, 8, 3], filters: 4, kernelSize: 3, activation: 'tanh' }),
      layers.conv2d({ name: 'b', filters: 5, kernelSize: 3 }),
      layers.flatten(),
      layers.dense({ units: 3, activation: 'softmax' }),
    ],
  });
  initializeWeights(model, 3);
  const part = networkPart(model, 'b');
  const start = { filters: [1], size: 8, channels: 3, values: startNoise(8, 1, 1).map(value => (value - 128) / 10) };
  const stderr = vi.spyOn(process.stderr, 'write');
  beforeEach(() => void stderr.mockClear());
  afterAll(() => {
    stderr.mockRestore();
    model.dispose();
  });

  const objectives: [string, Objective][] = [
    ['filterActivation', filterActivation(part)],
    ['layerActivation', layerActivation(part)],
    ['deepDream', deepDream(part)],
    ['classLogit', classLogit(model)],
    ['blend', blend(filterActivation(part), { 0: 0.5, 3: 2 })],
    ['penalized by totalVariation', penalized(filterActivation(part), totalVariation, 0.1)],
    ['penalized by meanSquare', penalized(filterActivation(part), meanSquare, 0.1)],
    ['seen through a blur', transformed(filterActivation(part), x => blur(x, 1))],
  ];

  it.each(objectives)('%s is compiled, agrees with eager execution, and rises', async (_, objective) => {
    const eager = tf.tidy(() => {
      const x = tf.tensor4d(start.values, [1, 8, 8, 3]);
      return objective(x, tf.tensor1d([1], 'int32')).dataSync()[0];
    });
    const ascender = createAscender({ objective });
    try {
      const first = await ascender.step(start, 0.1);
      const second = await ascender.step(first.pictures, 0.1);
      expect(first.losses[0]).toBeCloseTo(eager, 4);
      expect(second.losses[0]).toBeGreaterThan(first.losses[0]);
      expect(stderr).not.toHaveBeenCalled();
    } finally {
      await ascender.dispose();
    }
  });

  it('total variation of a constant is 0, and of a step its square over the number of neighbours', () => {
    const variation = (values: number[]) =>
      tf.tidy(() => totalVariation(tf.tensor4d(values, [1, 2, 2, 1])).dataSync()[0]);
    expect(variation([3, 3, 3, 3])).toBe(0);
    expect(variation([0, 2, 0, 2])).toBe(4);
  });
});
