import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import {
  layers,
  model as newModel,
  type SymbolicTensor,
  sequential,
  input as symbolicInput,
} from '@tensorflow/tfjs-layers';
import { afterAll, describe, expect, it } from 'vitest';
import { Identity } from '../../../src/layer/identity.js';
import { createLearner } from '../../../src/learner/createLearner.js';
import { lossByName } from '../../../src/loss/lossByName.js';
import type { LossLike } from '../../../src/loss/resolveLoss.js';
import { topKCategoricalAccuracy } from '../../../src/metrics/accuracy.js';
import { sgd } from '../../../src/optimizer/sgd.js';
import { nativeOrNull } from '../../helpers/native.js';

if ((await nativeOrNull()) === null) await tf.setBackend('cpu');
afterAll(() => tf.setBackend('cpu'));

/** Rows whose logits are so large that a probability can't tell them. */
const x = { data: Float32Array.of(1, 1, 2, -1, -1, 1), shape: [3, 2] };
const y = { data: Int32Array.of(0, 1, 2), shape: [3] };

type Wrap = (layer: layers.Layer) => layers.Layer;

const inSequential: Wrap = layer => sequential({ layers: [layers.inputLayer({ inputShape: [2] }), layer] });
const inFunctional: Wrap = layer => {
  const inputs = symbolicInput({ shape: [2] });
  return newModel({ inputs, outputs: layer.apply(inputs) as SymbolicTensor });
};

/** What a learner's evaluation gives, of `Dense(3, activation)`, perhaps in models of its own, and the layers behind it. */
async function evaluated(
  loss: LossLike,
  behind: readonly layers.Layer[] = [],
  { activation = 'softmax', scale = 1, compile = true, wrap = (layer => layer) as Wrap } = {},
) {
  const input = symbolicInput({ shape: [2] });
  const dense = layers.dense({ units: 3, activation: activation as 'softmax' });
  const output = behind.reduce(
    (tensor, layer) => layer.apply(tensor) as SymbolicTensor,
    wrap(dense).apply(input) as SymbolicTensor,
  );
  dense.setWeights([tf.tensor2d([30, -20, 10, -5, 40, 25], [2, 3]), tf.zeros([3])]);
  const model = newModel({ inputs: input, outputs: output });
  const metrics = [topKCategoricalAccuracy({ k: 2 })];
  const learner = createLearner({ model, optimizer: sgd(), loss, metrics, compile });
  try {
    const batch = { kind: 'values', x: { ...x, data: x.data.map(v => v * scale) }, y } as const;
    const cursor = { epoch: 0, position: 3 };
    const { loss: value, statistics } = await learner.evaluate({ ...batch, epoch: 0, size: 3, seed: 1, cursor });
    return { value, statistics };
  } finally {
    await learner.dispose();
  }
}

const sparse = 'sparse_categorical_crossentropy';

/** By Keras 3.15.1, whose layers that pass on what they are given give the same tensor, with its logits. */
describe.each([true, false])('the loss of logits, compiled: %s', compile => {
  it.each<[string, LossLike, layers.Layer[], string, number]>([
    ['a softmax', sparse, [], 'softmax', 66.666679],
    ['Identity', sparse, [new Identity()], 'softmax', 66.666679],
    ['a linear activation', sparse, [layers.activation({ activation: 'linear' })], 'softmax', 66.666679],
    [
      'dropout and noise',
      sparse,
      [layers.dropout({ rate: 0.3 }), layers.gaussianNoise({ stddev: 1 })],
      'softmax',
      66.666679,
    ],
    ['a softmax that was forgotten', lossByName(sparse, { fromLogits: true }), [], 'softmax', 66.666679],
    ['a sigmoid, by the focal loss', 'binary_focal_crossentropy', [], 'sigmoid', 28.888887],
    ['a softmax, by the focal loss', 'binary_focal_crossentropy', [], 'softmax', 26.666311],
  ])('behind %s', async (_, loss, behind, activation, expected) => {
    const { value } = await evaluated(loss, behind, { activation, compile });
    expect(value / expected).toBeCloseTo(1, 5);
  });

  it.each<[string, Wrap]>([
    ['a Sequential', inSequential],
    ['a functional model', inFunctional],
    ['a model within a model', layer => inFunctional(inSequential(layer))],
  ])('in %s within the model', async (_, wrap) => {
    const { value } = await evaluated(sparse, [layers.dropout({ rate: 0.3 })], { wrap, compile });
    expect(value / 66.666679).toBeCloseTo(1, 5);
  });

  it('has no part in top-k accuracies: probabilities that are 0 are equal', async () => {
    const { statistics } = await evaluated(sparse, [], { scale: 10, compile });
    // Behind the sum and the count of the loss.
    expect([...statistics].slice(2)).toEqual([3, 3]);
  });
});
