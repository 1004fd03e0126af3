import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import {
  model as functional,
  input,
  type LayersModel,
  layers,
  sequential,
  type layers as tfl,
} from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ValueBatch } from '../../../src/data/batch.js';
import { setActivityRegularizer } from '../../../src/layer/activityRegularizer.js';
import { createLearner, type LearnerOptions } from '../../../src/learner/createLearner.js';
import { modelVariables } from '../../../src/learner/modelVariables.js';
import { lossByName } from '../../../src/loss/lossByName.js';
import { sgd } from '../../../src/optimizer/sgd.js';

beforeAll(() => tf.setBackend('cpu'));

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

function batchOf(
  shape: readonly number[],
  x: readonly number[],
  labels: readonly number[],
  labelShape: readonly number[],
): ValueBatch {
  const size = x.length / sizeOf(shape);
  return {
    kind: 'values',
    x: { data: Float32Array.from(x), shape: [size, ...shape] },
    y: { data: Float32Array.from(labels), shape: [size, ...labelShape] },
    epoch: 0,
    size,
    seed: 0,
    cursor: { epoch: 0, position: size },
  };
}

/** Loss of one step, and the weights after it. */
async function stepOf(options: Omit<LearnerOptions, 'optimizer'>, batch: ValueBatch, learningRate = 1) {
  const learner = createLearner({ optimizer: sgd(), compile: false, ...options });
  try {
    const { loss } = await learner.step(batch, { learningRate, iterations: 0 });
    return { loss, weights: (await learner.state()).weights.map(({ data }) => [...data]) };
  } finally {
    await learner.dispose();
  }
}

const dense = (units: number, activation: 'linear' | 'sigmoid' | 'softmax', bias: number[]): LayersModel => {
  const model = sequential({ layers: [layers.dense({ units, inputShape: [1], activation })] });
  model.setWeights([tf.zeros([1, units]), tf.tensor1d(bias)]);
  return model;
};

describe('weights of classes', () => {
  it.each<[string, number[], number[], number[]]>([
    ['column labels', [1], [1, 0, 1], [4, 3, 4]],
    ['class numbers', [], [1, 0, 1], [4, 3, 4]],
    ['a class without a weight', [1], [2, 0, 1], [1, 3, 4]],
    ['labels between classes', [1], [0.95, 0.5, 0.4], [4, 3, 3]],
  ])('%s', async (_, labelShape, labels, weights) => {
    const classWeight = { 0: 3, 1: 4 };
    const { loss } = await stepOf(
      { model: dense(1, 'linear', [1]), loss: 'mse', classWeight },
      batchOf([1], [0, 0, 0], labels, labelShape),
    );
    const expected = labels.reduce((sum, label, i) => sum + weights[i] * (1 - label) ** 2, 0) / 3;
    expect(loss).toBeCloseTo(expected, 5);
  });

  it('class numbers that the learner makes one-hot', async () => {
    const { loss } = await stepOf(
      { model: dense(3, 'softmax', [0, 0, 0]), loss: 'categorical_crossentropy', classWeight: { 0: 3, 2: 5 } },
      batchOf([1], [0, 0, 0], [2, 0, 1], []),
    );
    expect(loss).toBeCloseTo(((5 + 3 + 1) / 3) * Math.log(3), 5);
  });

  it('labels with one value a class count by the largest one', async () => {
    const { loss } = await stepOf(
      { model: dense(2, 'linear', [0, 0]), loss: 'mse', classWeight: { 0: 10, 1: 1 } },
      batchOf([1], [0, 0], [0.9, 0.6, 0.3, 0.7], [2]),
    );
    expect(loss).toBeCloseTo((10 * (0.81 + 0.36) * 0.5 + (0.09 + 0.49) * 0.5) / 2, 5);
  });
});

describe("cross-entropies look at what is before the last activation, as Keras's do", () => {
  const logits = [1, -0.5];
  const sum = Math.exp(1) + Math.exp(-0.5);
  const softplus = (x: number): number => Math.log(1 + Math.exp(x));
  it.each<[string, 'sigmoid' | 'softmax', number]>([
    ['categorical_crossentropy', 'sigmoid', Math.log(sum) - 1],
    ['categorical_crossentropy', 'softmax', Math.log(sum) - 1],
    ['binary_crossentropy', 'softmax', (softplus(-1) + softplus(-0.5)) / 2],
    ['binary_crossentropy', 'sigmoid', (softplus(-1) + softplus(-0.5)) / 2],
  ])('%s of a %s', async (loss, activation, expected) => {
    const model = dense(2, activation, logits);
    expect((await stepOf({ model, loss }, batchOf([1], [0], [1, 0], [2]))).loss).toBeCloseTo(expected, 5);
  });
});

it.each(['sigmoid', 'softmax'] as const)(
  'a cross-entropy as a metric is that of the loss, of a %s too',
  async activation => {
    const model = dense(2, activation, [40, -40]);
    const loss = 'categorical_crossentropy';
    const learner = createLearner({ model, optimizer: sgd(), loss, metrics: [loss], compile: false });
    const result = await learner.evaluate(batchOf([1], [0], [0, 1], [2]));
    expect(result.loss).toBeCloseTo(80, 4);
    expect(learner.metrics[1].result(result.statistics.slice(2))).toBeCloseTo(80, 4);
    await learner.dispose();
  },
);

it.each<[string, Partial<ValueBatch>]>([
  ['labels of shape \\[1\\]', { y: { data: Int32Array.of(1), shape: [1] } }],
  ['inputs of shape \\[3,1\\]', { x: { data: new Float32Array(3), shape: [3, 1] } }],
])('refuses %s before a batch of two examples', async (what, wrong) => {
  const batch = { ...batchOf([1], [0, 0], [1, 0], []), ...wrong };
  const step = stepOf({ model: dense(2, 'linear', [0, 0]), loss: 'mse' }, batch);
  await expect(step).rejects.toThrow(new RegExp(`A batch of 2 examples has ${what}`));
});

it('refuses sample weights that are not one an example', async () => {
  const batch = { ...batchOf([1], [0, 0], [1, 0], [1]), sampleWeight: new Float32Array(4) };
  const step = stepOf({ model: dense(1, 'linear', [1]), loss: 'mse' }, batch);
  await expect(step).rejects.toThrow(/A batch of 2 examples has 4 sample weights/);
});

describe('layers in training', () => {
  it("counts a penalty on a convolution's output once", async () => {
    const convolution = layers.conv2d({ filters: 1, kernelSize: 1, inputShape: [1, 2, 1], kernelInitializer: 'ones' });
    const model = sequential({ layers: [convolution, layers.flatten()] });
    setActivityRegularizer(convolution, output => tf.sum(output));
    const { loss } = await stepOf({ model, loss: 'mse' }, batchOf([1, 2, 1], [1, 2, 3, 4], [1, 2, 3, 4], [2]));
    expect(loss).toBeCloseTo(10 / 2, 5);
  });

  it.each([{ scale: false }, { center: false }, { center: false, scale: false }])(
    'trains a LayerNormalization with %j as one whose gamma is 1 and beta 0',
    async options => {
      const built = (given: object): LayersModel => {
        const model = sequential({
          layers: [
            layers.dense({ units: 3, inputShape: [2], kernelInitializer: 'ones' }),
            layers.layerNormalization(given),
            layers.dense({ units: 1, kernelInitializer: 'ones' }),
          ],
        });
        model.layers[0].setWeights([tf.tensor2d([1, -2, 3, 0.5, 4, -1], [2, 3]), tf.zeros([3])]);
        model.layers[2].setWeights([tf.tensor2d([1, -2, 0.5], [3, 1]), tf.zeros([1])]);
        return model;
      };
      const batch = batchOf([2], [1, 2, -1, 0.5], [1, -1], [1]);
      const [partial, whole] = [
        await stepOf({ model: built(options), loss: 'mse' }, batch),
        await stepOf({ model: built({}), loss: 'mse' }, batch),
      ];
      expect(partial.loss).toBeCloseTo(whole.loss, 5);
      for (const [i, value] of partial.weights[0].entries()) expect(value).toBeCloseTo(whole.weights[0][i], 4);
    },
  );
});

it('takes the weights of a frozen layer in a model within a model for frozen', () => {
  const [free, frozen] = [layers.dense({ units: 2 }), layers.dense({ units: 2 })];
  frozen.trainable = false;
  const inner = input({ shape: [2] });
  const apply = (layer: tfl.Layer, x: unknown) => layer.apply(x as never) as never;
  const part = functional({
    inputs: inner,
    outputs: apply(free, apply(frozen, inner)),
  });
  const outer = input({ shape: [2] });
  const model = functional({ inputs: outer, outputs: apply(part, outer) });
  const found = modelVariables(model).map(({ variable, trainable }) => [variable, trainable]);
  const expected = [free, frozen].flatMap(layer => layer.weights.map(weight => [weight.read(), layer === free]));
  expect(found).toEqual(expected);
});

describe('an eager step by the tape', () => {
  const x = [-1, -0.5, 0, 0.5, 1, -1, -0.5, 0, 0.5, 1, -1, -0.5];
  const inputShape = [3, 2];
  const kernel = [0.5, -0.25, 1, 0.5];
  const recurrent = { units: 1, useBias: false, recurrentInitializer: 'ones' } as const;

  it('goes past a mask that is made of what is trained, as in Keras', async () => {
    const model = sequential({
      layers: [
        layers.dense({ units: 2, activation: 'relu', useBias: false, inputShape }),
        layers.masking({ maskValue: 0 }),
        layers.lstm({ ...recurrent, recurrentActivation: 'sigmoid' }),
      ],
    });
    model.setWeights([
      tf.tensor2d(kernel, [2, 2]),
      tf.tensor2d([0.1, 0.2, 0.3, 0.4, 0.5, 0.4, 0.3, 0.2], [2, 4]),
      tf.tensor2d([0.3, 0.1, 0.2, 0.4], [1, 4]),
    ]);
    const found = await stepOf({ model, loss: 'mse' }, batchOf([3, 2], x, [1, 0], [1]), 0.1);
    expect(found.loss).toBeCloseTo(0.4496326, 6);
    const expected = [
      [0.4990261, -0.2505438, 1.0027519, 0.5027946],
      [0.1000086, 0.1999409, 0.3075107, 0.4000568, 0.5002782, 0.3999823, 0.304477, 0.2002909],
      [0.299989, 0.0999995, 0.1999542, 0.3999897],
    ];
    for (const [i, values] of expected.flat().entries()) expect(found.weights.flat()[i]).toBeCloseTo(values, 6);
  });

  it.each<[string, () => tfl.Layer, number[], number[], number, number[][]]>([
    [
      'a recurrent layer',
      () => layers.simpleRNN(recurrent),
      [0.3],
      [1],
      1.0860676,
      [[0.442506, -0.221253, 0.9667789, 0.5166106], [0.3760638, -0.2544742], [0.3]],
    ],
    [
      'a layer at each step',
      () => layers.timeDistributed({ layer: layers.dense({ units: 1, useBias: false }) }),
      [],
      [1, 1],
      1.1425781,
      [
        [0.425, -0.2125, 0.9578125, 0.5210938],
        [0.340625, -0.2546875],
      ],
    ],
  ])(
    'goes through %s where there is a single step, as in Keras',
    async (_, layer, more, labelShape, loss, expected) => {
      const model = sequential({ layers: [layers.dense({ units: 2, useBias: false, inputShape: [1, 2] }), layer()] });
      const weights = [tf.tensor2d(kernel, [2, 2]), tf.tensor2d([0.5, -0.25], [2, 1])];
      model.setWeights([...weights, ...more.map(weight => tf.tensor2d([weight], [1, 1]))]);
      const found = await stepOf({ model, loss: 'mse' }, batchOf([1, 2], x.slice(0, 4), [1, 0], labelShape), 0.1);
      expect(found.loss).toBeCloseTo(loss, 6);
      for (const [i, value] of expected.flat().entries()) expect(found.weights.flat()[i]).toBeCloseTo(value, 6);
    },
  );
});

// keras.losses.SparseCategoricalCrossentropy()([0, 2], p)
it.each([
  [[2, -1, 0.5, 0.1, 0.2, -3], 7.6597939],
  [[2, 1, 0.5, 0.1, 0.2, 0.3], 0.804719],
])('counts predictions %j that are no probabilities by class numbers as Keras does', (predictions, expected) => {
  const { perSample } = lossByName('sparse_categorical_crossentropy');
  const losses = perSample(tf.tensor1d([0, 2], 'int32'), tf.tensor2d(predictions, [2, 3]));
  expect(tf.mean(losses).dataSync()[0]).toBeCloseTo(expected, 4);
});
