import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { input, type LayersModel, layers, model, type SymbolicTensor, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Applied, applyModel } from '../../../src/layer/applyModel.js';

beforeAll(() => tf.setBackend('cpu'));

const train = (trained: LayersModel, x: tf.Tensor, step = 0): Applied =>
  applyModel(trained, x, { training: true, seed: { tensor: tf.tensor1d([5, step], 'int32'), host: [5, step] } });

const of = (layer: layers.Layer): LayersModel => sequential({ layers: [layer] });

function moments(values: ArrayLike<number>): { mean: number; deviation: number } {
  const list = Array.from(values);
  const mean = list.reduce((sum, v) => sum + v, 0) / list.length;
  return { mean, deviation: Math.sqrt(list.reduce((sum, v) => sum + (v - mean) ** 2, 0) / list.length) };
}

const inputShape = [10_000];

describe('random layers in training mode', () => {
  it.each([
    // Of a constant input 2: mean and deviation by Keras's formulas.
    ['GaussianNoise', layers.gaussianNoise({ stddev: 0.5, inputShape }), 2, 0.5],
    ['GaussianDropout', layers.gaussianDropout({ rate: 0.2, inputShape }), 2, 2 * Math.sqrt(0.2 / 0.8)],
  ] as const)('%s keeps the mean and has its deviation', (_, layer, mean, deviation) => {
    const output = train(of(layer), tf.fill([1, 10_000], 2)).output.dataSync();
    const measured = moments(output);
    // Five standard errors of 10 000 draws.
    expect(Math.abs(measured.mean - mean)).toBeLessThan((5 * deviation) / 100);
    expect(Math.abs(measured.deviation / deviation - 1)).toBeLessThan(5 / Math.sqrt(20_000));
  });

  it('AlphaDropout keeps mean 0 and deviation 1 of normal numbers, and drops to one value', () => {
    const x = tf.randomNormal([1, 10_000], 0, 1, 'float32', 3);
    const output = train(of(layers.alphaDropout({ rate: 0.3, inputShape })), x).output.dataSync();
    const { mean, deviation } = moments(output);
    expect(Math.abs(mean)).toBeLessThan(0.05);
    expect(Math.abs(deviation - 1)).toBeLessThan(0.05);
    const times = new Map<number, number>();
    for (const value of output) times.set(value, (times.get(value) ?? 0) + 1);
    expect(Math.abs(Math.max(...times.values()) / 10_000 - 0.3)).toBeLessThan(0.025);
  });

  it('the next step draws other numbers, the same step the same', () => {
    const noisy = of(layers.gaussianNoise({ stddev: 1, inputShape: [8] }));
    const draw = (step: number): number[] => [...train(noisy, tf.zeros([1, 8]), step).output.dataSync()];
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });

  it('a nested model is in training mode too', () => {
    const nested = sequential({ layers: [of(layers.dropout({ rate: 0.5, inputShape: [64] }))] });
    expect(new Set(train(nested, tf.ones([4, 64])).output.dataSync())).toEqual(new Set([0, 2]));
  });
});

describe('batch normalisation in training mode', () => {
  it.each([1, 2, 3, -1])('normalises each slice of axis %i', axis => {
    const shape = [2, 3, 4, 5];
    const at = axis === -1 ? 3 : axis;
    const x = tf.randomNormal(shape, 3, 2, 'float32', 1);
    const others = [0, 1, 2, 3].filter(other => other !== at);
    const { mean, variance } = tf.moments(x, others, true);
    const expected = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-3))).dataSync();
    const { output } = train(of(layers.batchNormalization({ axis, inputShape: shape.slice(1) })), x);
    expect(output.shape).toEqual(shape);
    const ours = output.dataSync();
    expected.forEach((value, i) => {
      expect(ours[i]).toBeCloseTo(value, 4);
    });
  });
});

describe('logOdds', () => {
  const dense = (activation: 'sigmoid' | 'softmax' | 'relu') =>
    of(layers.dense({ units: 1, activation, kernelInitializer: 'ones', inputShape: [2] }));

  it('are what went into a final sigmoid', () => {
    const { output, logOdds, logits } = train(dense('sigmoid'), tf.tensor2d([[1, 2]]));
    expect(logOdds?.dataSync()[0]).toBeCloseTo(3, 6);
    expect(output.dataSync()[0]).toBeCloseTo(1 / (1 + Math.exp(-3)), 6);
    expect(logits).toBeNull();
  });

  it('are absent after other activations, and where the last layer stands in a second place', () => {
    expect(train(dense('relu'), tf.ones([1, 2])).logOdds).toBeNull();
    expect(train(dense('softmax'), tf.ones([1, 2])).logOdds).toBeNull();
    const inputs = input({ shape: [1] });
    const shared = layers.dense({ units: 1, activation: 'sigmoid', kernelInitializer: 'ones' });
    const outputs = shared.apply(shared.apply(inputs) as SymbolicTensor) as SymbolicTensor;
    const { output, logOdds } = train(model({ inputs, outputs }), tf.ones([1, 1]));
    expect(logOdds).toBeNull();
    expect(output.dataSync()[0]).toBeCloseTo(1 / (1 + Math.exp(-1 / (1 + Math.exp(-1)))), 6);
  });
});
