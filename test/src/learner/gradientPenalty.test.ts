import * as tf from '@tensorflow/tfjs-core';
import { layers, type Sequential, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { compile } from '../../../src/graph/compile.js';
import { applyModel } from '../../../src/layer/applyModel.js';
import { softmaxCrossEntropy } from '../../../src/layer/softmaxCrossEntropy.js';
import { valueAndGradients } from '../../../src/learner/valueAndGradients.js';
import { initializeWeights } from '../../../src/model/initializeWeights.js';
import { nativeOrNull } from '../../helpers/native.js';

const native = await nativeOrNull();
const [rows, size] = [3, 4];
const x = Float32Array.from({ length: rows * size * size }, (_, i) => Math.sin(7 * i));

type Value = (model: Sequential, x: tf.Tensor) => tf.Tensor;

const training = { training: true, seed: null };
const sum: Value = (model, x) => applyModel(model, x, training).output;
const entropy: Value = (model, x) => {
  const labels = tf.cast(tf.oneHot(tf.range(0, rows, 1, 'int32'), rows), 'float32');
  return softmaxCrossEntropy(labels, applyModel(model, x, training).logits as tf.Tensor);
};

const critic = (...inner: layers.Layer[]): layers.Layer[] => [
  layers.conv2d({ filters: 3, kernelSize: 2, strides: 2, inputShape: [size, size, 1] }),
  ...inner,
  layers.flatten(),
];

/** How far the gradient of what a network gives by its input is from 1. */
function penalty(model: Sequential, value: Value, pictures: tf.Tensor): tf.Scalar {
  const gradient = tf.grad(x => tf.sum(value(model, x)))(pictures);
  return tf.mean(tf.square(tf.sub(tf.norm(tf.reshape(gradient, [rows, -1]), 2, 1), 1)));
}

describe.skipIf(native === null)('a gradient penalty', () => {
  it.each<[string, Value, () => layers.Layer[]]>([
    ['LeakyReLU', sum, () => [...critic(layers.leakyReLU({ alpha: 0.2 })), layers.dense({ units: 1 })]],
    ['ELU', sum, () => [...critic(layers.elu()), layers.dense({ units: 1 })]],
    [
      'batch normalization',
      sum,
      () => [
        ...critic(layers.batchNormalization(), layers.activation({ activation: 'tanh' })),
        layers.dense({ units: 1 }),
      ],
    ],
    [
      'cross-entropy',
      entropy,
      () => [
        ...critic(layers.activation({ activation: 'sigmoid' })),
        layers.dense({ units: 3, activation: 'softmax' }),
      ],
    ],
  ])('has the gradients that numbers say, compiled and eager: %s', async (_, value, list) => {
    const model = sequential({ layers: list() });
    initializeWeights(model, 5);
    const kernel = model.trainableWeights[0].read() as tf.Variable;
    const derive = (pictures: tf.Tensor) => {
      const { gradients } = valueAndGradients(() => penalty(model, value, pictures), [kernel]);
      return { gradient: gradients[0] as tf.Tensor };
    };
    const pictures = tf.tensor(x, [rows, size, size, 1]);
    const values = kernel.dataSync().slice();
    const penaltyWith = (at: number, change: number): number => {
      const changed = values.map((value, i) => (i === at ? value + change : value));
      kernel.assign(tf.tensor(changed, kernel.shape));
      return tf.tidy(() => penalty(model, value, pictures).dataSync()[0]);
    };
    const reach = 2 ** -7;
    const slopes = Array.from(values, (_, i) => (penaltyWith(i, reach) - penaltyWith(i, -reach)) / (2 * reach));
    kernel.assign(tf.tensor(values, kernel.shape));
    const eager = tf.tidy(() => derive(pictures).gradient.dataSync());
    const compiled = compile(({ x }) => derive(x), {
      inputs: { x: { shape: pictures.shape } },
      variables: model.weights.map(weight => weight.read() as tf.Variable),
    });
    const { gradient } = await compiled({ x });
    expect(compiled.compiled).toBe(true);
    await compiled.dispose();
    for (const [i, slope] of slopes.entries()) {
      expect(Math.abs(eager[i] - slope)).toBeLessThan(2e-3 + Math.abs(slope) / 100);
      expect(gradient.data[i]).toBeCloseTo(eager[i], 4);
    }
    pictures.dispose();
    model.dispose();
  });
});
