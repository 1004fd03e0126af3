import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import type { Batch } from '../../../src/data/batch.js';
import { createLearner } from '../../../src/learner/createLearner.js';
import { nativeOrNull } from '../../helpers/native.js';

const sequence = { inputShape: [11, 2], filters: 3 };
const picture = { inputShape: [7, 8, 2], filters: 3 };
const convolutions: [name: string, make: () => layers.Layer][] = [
  ['Conv1D, dilated', () => layers.conv1d({ ...sequence, kernelSize: 3, dilationRate: 2 })],
  ['Conv1D, dilated, same', () => layers.conv1d({ ...sequence, kernelSize: 3, dilationRate: 3, padding: 'same' })],
  ['Conv1D of one step with strides', () => layers.conv1d({ ...sequence, kernelSize: 1, strides: 2 })],
  ['Conv2D, dilated', () => layers.conv2d({ ...picture, kernelSize: 3, dilationRate: 2, activation: 'tanh' })],
  ['Conv2D, dilated, same', () => layers.conv2d({ ...picture, kernelSize: 2, dilationRate: [2, 3], padding: 'same' })],
  ['Conv2D of one pixel with strides', () => layers.conv2d({ ...picture, kernelSize: 1, strides: 2, useBias: false })],
  [
    'SeparableConv2D, dilated',
    () => layers.separableConv2d({ ...picture, kernelSize: 3, dilationRate: 2, padding: 'same', depthMultiplier: 2 }),
  ],
];

function networkOf(layer: layers.Layer): { model: LayersModel; batch: Batch } {
  const model = sequential({ layers: [layer, layers.flatten(), layers.dense({ units: 1 })] });
  tf.tidy(() =>
    model.setWeights(model.getWeights().map(w => tf.mul(tf.cos(tf.reshape(tf.range(1, w.size + 1), w.shape)), 0.5))),
  );
  const shape = [3, ...(model.inputs[0].shape.slice(1) as number[])];
  const size = shape.reduce((product, dim) => product * dim, 1);
  const batch: Batch = {
    kind: 'values',
    x: { data: Float32Array.from({ length: size }, (_, i) => Math.sin(i * i)), shape },
    y: { data: Float32Array.of(0.5, -1, 2), shape: [3, 1] },
    epoch: 0,
    size: 3,
    seed: 1,
    cursor: { epoch: 0, position: 3 },
  };
  return { model, batch };
}

const native = await nativeOrNull();

describe.skipIf(native === null).each([
  ['compiled', true],
  ['eager', false],
])('%s training', (_, compile) => {
  it.each(convolutions)('of %s goes down the slope that inference has', async (__, make) => {
    const { model, batch } = networkOf(make());
    const learner = createLearner({ model, optimizer: 'sgd', loss: 'mse', compile });
    const { weights } = await learner.state();
    const { loss: trained } = await learner.step(batch, { learningRate: 1, iterations: 0 });
    const moved = (await learner.state()).weights;
    const lossAt = async (weight: number, element: number, shift: number): Promise<number> => {
      const shifted = weights.map(({ data, ...rest }, i) => ({
        ...rest,
        data: i === weight ? Float32Array.from(data, (x, j) => (j === element ? x + shift : x)) : data,
      }));
      await learner.restore({ weights: shifted, slots: [] });
      return (await learner.evaluate(batch)).loss;
    };
    expect(trained).toBeCloseTo(await lossAt(0, 0, 0), 4);
    for (const [i, { data }] of weights.slice(0, -2).entries()) {
      for (const j of [0, data.length - 1]) {
        const slope = ((await lossAt(i, j, 0.02)) - (await lossAt(i, j, -0.02))) / 0.04;
        expect(Math.abs(data[j] - moved[i].data[j] - slope)).toBeLessThan(0.002 + 0.01 * Math.abs(slope));
      }
    }
    expect(learner.compiled).toBe(compile);
    await learner.dispose();
    model.dispose();
  });
});
