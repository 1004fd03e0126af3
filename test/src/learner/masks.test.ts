import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import {
  model as functional,
  input,
  type LayersModel,
  layers,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ValueBatch } from '../../../src/data/batch.js';
import { ResetAfterGRU } from '../../../src/layer/resetAfterGru.js';
import { createLearner } from '../../../src/learner/createLearner.js';
import { Accumulator } from '../../../src/metrics/accumulator.js';
import type { MetricLike } from '../../../src/metrics/resolveMetrics.js';
import { initializeWeights } from '../../../src/model/initializeWeights.js';
import { sgd } from '../../../src/optimizer/sgd.js';
import { nativeOrNull } from '../../helpers/native.js';

const backends = (await nativeOrNull()) === null ? ['cpu'] : ['cpu', 'tensorflow'];
beforeAll(() => tf.setBackend('cpu'));
afterAll(() => tf.setBackend('cpu'));

const steps = 5;
const padding = -1;
const number = (i: number): number => Math.sin(i * i + 1);

/** Sequences of one number a step, of which the first `lengths` count. */
function batch(lengths: readonly number[], total = steps, sampleWeight?: readonly number[]): ValueBatch {
  const size = lengths.length;
  const at = (example: number, step: number): number => example * steps + step;
  const each = (value: (example: number, step: number) => number) =>
    Float32Array.from({ length: size * total }, (_, i) => value(Math.floor(i / total), i % total));
  return {
    kind: 'values',
    x: { data: each((n, t) => (t < lengths[n] ? number(at(n, t)) : padding)), shape: [size, total, 1] },
    y: { data: each((n, t) => Number(number(7 * at(n, t)) > 0)), shape: [size, total, 1] },
    ...(sampleWeight && { sampleWeight: Float32Array.from(sampleWeight) }),
    epoch: 0,
    size,
    seed: 1,
    cursor: { epoch: 0, position: size },
  };
}

const units = { units: 3, returnSequences: true };
const recurrent: Readonly<Record<string, () => layers.Layer>> = {
  simpleRNN: () => layers.simpleRNN(units),
  LSTM: () => layers.lstm(units),
  ResetAfterGRU: () => new ResetAfterGRU(units),
  BatchNormalization: () => layers.batchNormalization({ momentum: 0.5 }),
  'dense alone': () => layers.dense({ units: 3, activation: 'tanh' }),
  'recurrent layers within': () =>
    sequential({ layers: [layers.gru({ ...units, inputShape: [null, 1] })] }) as LayersModel,
};

function learner(middle: readonly layers.Layer[], options: object = {}) {
  const model = sequential({
    layers: [
      layers.masking({ maskValue: padding, inputShape: [null, 1] }),
      ...middle,
      layers.dropout({ rate: 0 }),
      layers.timeDistributed({ layer: layers.dense({ units: 1, activation: 'sigmoid' }) }),
    ],
  });
  initializeWeights(model, 3);
  const metrics: MetricLike[] = ['accuracy', 'mae'];
  return createLearner({ model, optimizer: sgd(), loss: 'binary_crossentropy', metrics, ...options });
}

type Made = ReturnType<typeof learner>;

async function logs(made: Made, given: ValueBatch): Promise<Readonly<Record<string, number>>> {
  const sums = new Accumulator(made.metrics);
  sums.add(await made.evaluate(given));
  return sums.logs() as Readonly<Record<string, number>>;
}

describe.each(backends)('masks that reach the output, on %s', backend => {
  beforeAll(() => tf.setBackend(backend));

  it.each(Object.keys(recurrent))('%s: padded sequences train as they do without their padding', async name => {
    const [padded, bare] = [learner([recurrent[name]()]), learner([recurrent[name]()])];
    for (let iterations = 0; iterations < 3; iterations++) {
      const options = { learningRate: 0.5, iterations };
      const [a, b] = [await padded.step(batch([3, 3]), options), await bare.step(batch([3, 3], 3), options)];
      a.statistics.forEach((value, i) => {
        expect(value).toBeCloseTo(b.statistics[i], 4);
      });
    }
    const [a, b] = [await padded.state(), await bare.state()];
    for (const [i, { data }] of a.weights.entries()) {
      data.forEach((value, j) => {
        expect(value).toBeCloseTo(b.weights[i].data[j], 5);
      });
    }
    expect(padded.compiled).toBe(backend === 'tensorflow');
    await padded.dispose();
    await bare.dispose();
  });

  it('batch normalization counts all steps where no mask reaches it in Keras, whatever tfjs hands on', async () => {
    const ended = [
      layers.conv1d({ filters: 2, kernelSize: 1, useBias: false, kernelInitializer: 'ones' }),
      layers.batchNormalization({ momentum: 0 }),
    ];
    const made = learner(ended, { metrics: [] });
    const given = batch([2, 1]);
    await made.step(given, { learningRate: 0, iterations: 0 });
    const { data } = given.x;
    // The mask replaces what is hidden by 0.
    const seen = Array.from(data, value => (value === padding ? 0 : value));
    const mean = seen.reduce((sum, value) => sum + value, 0) / seen.length;
    const moving = (await made.state()).weights.find(({ name }) => name.endsWith('moving_mean'));
    expect(moving?.data[0]).toBeCloseTo(mean, 5);
    await made.dispose();
  });

  it('batch normalization refuses masks of several layers', async () => {
    const x = input({ shape: [steps, 1] });
    const parts = [0, 1].map(maskValue => layers.masking({ maskValue }).apply(x) as SymbolicTensor);
    const normalized = layers.batchNormalization().apply(layers.add().apply(parts)) as SymbolicTensor;
    const made = createLearner({
      model: functional({ inputs: x, outputs: normalized }),
      optimizer: sgd(),
      loss: 'mse',
    });
    const problem = /BatchNormalization '.*' gets masks of several layers.*Build the other ones without a mask/;
    await expect(made.step(batch([3, 3]), { learningRate: 1, iterations: 0 })).rejects.toThrow(problem);
    await made.dispose();
  });

  it('the mean is over the steps that count, whosever they are; weights of examples count besides', async () => {
    const made = learner([layers.dense({ units: 3, activation: 'tanh' })], { weightedMetrics: ['mse'] });
    const [one, two] = [await logs(made, batch([4], 4)), await logs(made, batch([0, 1]))];
    const both = await logs(made, batch([4, 1]));
    // The first four steps of one example, the first of the other.
    for (const name of ['loss', 'accuracy', 'mae', 'mse']) {
      expect(both[name]).toBeCloseTo((4 * one[name] + two[name]) / 5, 5);
    }
    const weighted = await logs(made, batch([4, 1], steps, [0.5, 3]));
    expect(weighted.loss).toBeCloseTo((0.5 * 4 * one.loss + 3 * two.loss) / 5, 5);
    expect(weighted.mse).toBeCloseTo((0.5 * 4 * one.mse + 3 * two.mse) / (0.5 * 4 + 3), 5);
    expect(weighted.mae).toBeCloseTo(both.mae, 6);
    await made.dispose();
  });

  it('is 0 where nothing counts', async () => {
    const made = learner([]);
    expect(await logs(made, batch([0, 0]))).toEqual({ loss: 0, accuracy: 0, mae: 0 });
    await made.dispose();
  });

  it('counts all steps behind a layer that ends the mask, and in metrics of Keras that take no notice', async () => {
    const counted = async (made: Made): Promise<number> => (await made.evaluate(batch([2, 1]))).statistics.at(-1) ?? 0;
    // The last of these metrics' statistics is the number of what counts.
    const rmse = { metrics: ['root_mean_squared_error'] };
    const mae = { metrics: ['mae'] };
    const made = [learner([layers.conv1d({ filters: 2, kernelSize: 1 })], mae), learner([], rmse), learner([], mae)];
    expect(await Promise.all(made.map(counted))).toEqual([2, 2, 3]);
    for (const each of made) await each.dispose();
  });

  it("a loss of one's own sees all steps, in the shape of the model", async () => {
    const shapes: number[][] = [];
    const loss = (y: tf.Tensor, p: tf.Tensor): tf.Tensor => {
      shapes.push(p.shape);
      return tf.mean(tf.squaredDifference(y, p), [1, 2]);
    };
    const made = learner([], { loss, metrics: [] });
    await made.evaluate(batch([2, 1]));
    expect(shapes).toEqual([[2, steps, 1]]);
    await made.dispose();
  });
});
