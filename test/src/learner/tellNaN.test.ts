import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import type { ValueBatch } from '../../../src/data/batch.js';
import { createLearner } from '../../../src/learner/createLearner.js';
import type { Learner } from '../../../src/learner/learner.js';
import type { StepProfile } from '../../../src/learner/stepProfile.js';
import { initializeWeights } from '../../../src/model/initializeWeights.js';
import { sgd } from '../../../src/optimizer/sgd.js';
import { nativeOrNull } from '../../helpers/native.js';

const native = await nativeOrNull();
const [size, side, channels] = [4, 8, 16];

/** A ReLU between a normalization and a convolution, as in ResNets. */
function normalized(): LayersModel {
  const built = sequential({
    layers: [
      layers.conv2d({ filters: channels, kernelSize: 3, useBias: false, inputShape: [side, side, 3] }),
      layers.batchNormalization(),
      layers.activation({ activation: 'relu' }),
      layers.conv2d({ filters: channels, kernelSize: 3 }),
      layers.globalAveragePooling2d({}),
      layers.dense({ units: 2, activation: 'softmax' }),
    ],
  });
  initializeWeights(built, 1);
  return built;
}

function batchWith(value: number): ValueBatch {
  const x = Float32Array.from({ length: size * side * side * 3 }, (_, i) => ((i * 37) % 11) / 11);
  x[5] = value;
  return {
    kind: 'values',
    x: { data: x, shape: [size, side, side, 3] },
    y: { data: Int32Array.of(0, 1, 0, 1), shape: [size] },
    epoch: 0,
    size,
    seed: 1,
    cursor: { epoch: 0, position: size },
  };
}

async function learning<T>(
  options: { shards?: number; compile?: boolean },
  use: (learner: Learner) => Promise<T>,
  model = normalized(),
) {
  const loss = 'sparse_categorical_crossentropy';
  const learner = createLearner({ model, optimizer: sgd(), loss, ...options });
  try {
    return await use(learner);
  } finally {
    await learner.dispose();
  }
}

const step = { learningRate: 0.1, iterations: 0 };

describe.skipIf(native === null)('tellNaN', () => {
  it.each([{ compile: false }, { shards: 1 }, { shards: 2 }])(
    'has the loss tell of what ReLU took: %j',
    async options => {
      for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
        const { loss } = await learning(options, learner => learner.step(batchWith(value), step));
        expect(loss).toBeNaN();
      }
    },
  );

  it.each([
    ['scale', 0],
    ['offset', 1],
  ])('has the loss tell of a %s of the normalization', async (_, place) => {
    const model = normalized();
    const weights = model.layers[1].getWeights();
    weights[place] = tf.fill([channels], Number.NaN);
    model.layers[1].setWeights(weights);
    expect((await learning({}, learner => learner.step(batchWith(1), step), model)).loss).toBeNaN();
  });

  it.each([{ shards: 1 }, { shards: 2 }])('leaves the loss as it is otherwise: %j', async options => {
    const losses = (given: { shards?: number; compile?: boolean }): Promise<number[]> =>
      learning(given, async learner => {
        const steps = [0, 1, 2].map(iterations => ({ batch: batchWith(1), learningRate: 0.1, iterations }));
        const together = await learner.steps?.(steps);
        if (together !== undefined) return together.map(({ loss }) => loss);
        const one = await Promise.all(steps.map(({ batch, ...rest }) => learner.step(batch, rest)));
        return one.map(({ loss }) => loss);
      });
    const [compiled, eager] = [await losses(options), await losses({ compile: false })];
    for (const [i, loss] of eager.entries()) expect(compiled[i]).toBeCloseTo(loss, 5);
  });

  it.skipIf(native?.productTuning === 'none')('lets a normalization and its ReLU be one kernel', async () => {
    for (const shards of [1, 2]) {
      const profile = await learning(
        { shards },
        learner => learner.profile?.(batchWith(1), step) as Promise<StepProfile>,
      );
      const kernels = profile.kernels.map(({ type }) => type);
      expect(kernels.filter(type => type.endsWith('FusedBatchNormEx'))).toHaveLength(shards);
      expect(kernels).not.toContain('Relu');
    }
  });
});
