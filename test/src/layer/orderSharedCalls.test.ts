import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { input, type LayersModel, layers, model, type SymbolicTensor, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { applyModel } from '../../../src/layer/applyModel.js';

beforeAll(() => tf.setBackend('cpu'));

const normalization = () => layers.batchNormalization({ momentum: 0.5, inputShape: [1] });

/** Adds what `shared` makes of the input (left) to what it makes of three times the input (right). */
function twice(shared: layers.Layer): LayersModel {
  const inputs = input({ shape: [1] });
  const triple = layers.add().apply([inputs, inputs, inputs]) as SymbolicTensor;
  const left = shared.apply(inputs) as SymbolicTensor;
  const right = shared.apply(triple) as SymbolicTensor;
  return model({ inputs, outputs: layers.add().apply([left, right]) as SymbolicTensor });
}

function functional(): LayersModel {
  const inputs = input({ shape: [1] });
  return model({ inputs, outputs: normalization().apply(inputs) as SymbolicTensor });
}

describe('a layer that a model calls twice', () => {
  it.each<[string, () => LayersModel]>([
    ['a batch normalisation', () => twice(normalization())],
    ['a Sequential model around it', () => twice(sequential({ layers: [normalization()] }))],
    ['a functional model around it', () => twice(functional())],
    ['a batch normalisation in a nested model', () => sequential({ layers: [twice(normalization())] })],
  ])('%s updates moving statistics in the order of the calls', (_, make) => {
    const whole = make();
    const { outputs } = whole;
    const output = applyModel(whole, tf.tensor2d([1, 3], [2, 1]), { training: true, seed: null }).output;
    // Means are 2 and 6, from 0: (0 + 2) / 2, then (1 + 6) / 2.
    const [movingMean] = whole.getWeights().slice(2);
    expect([...movingMean.dataSync()]).toEqual([3.5]);
    expect(output.shape).toEqual([2, 1]);
    expect(output.dataSync()[1]).toBeCloseTo(2, 2);
    expect(whole.outputs).toBe(outputs);
    expect(Object.hasOwn(whole, 'call')).toBe(false);
  });

  it('is called in the order of Keras at several depths, too', () => {
    const inputs = input({ shape: [1] });
    const triple = layers.add().apply([inputs, inputs, inputs]) as SymbolicTensor;
    const [shared, last] = [normalization(), layers.activation({ activation: 'linear' })];
    const through = (x: SymbolicTensor) => shared.apply(x) as SymbolicTensor;
    const sides = [inputs, triple].map(x => last.apply(through(x)) as SymbolicTensor);
    const product = layers.multiply().apply([through(inputs), through(triple)]) as SymbolicTensor;
    const whole = model({ inputs, outputs: layers.add().apply([...sides, product]) as SymbolicTensor });
    applyModel(whole, tf.tensor2d([1, 3], [2, 1]), { training: true, seed: null });
    // Real Keras: left, right, right, left, of means 2 and 6.
    expect([...whole.getWeights()[2].dataSync()]).toEqual([3.375]);
  });

  it('may be the last layer as well', () => {
    const inputs = input({ shape: [1] });
    const shared = normalization();
    const outputs = shared.apply(shared.apply(inputs) as SymbolicTensor) as SymbolicTensor;
    const { output } = applyModel(model({ inputs, outputs }), tf.tensor2d([1, 3], [2, 1]), {
      training: true,
      seed: null,
    });
    expect(output.dataSync()[1]).toBeCloseTo(1, 2);
  });
});
