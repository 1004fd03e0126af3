import {
  model as functional,
  input,
  type LayersModel,
  layers,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { expectNoLeaks } from '../../../operators/testing/expectNoLeaks.js';
import type { Batch } from '../../../src/data/batch.js';
import { openSessions } from '../../../src/graph/session.js';
import { MultiHeadAttention } from '../../../src/layer/multiHeadAttention.js';
import { createLearner } from '../../../src/learner/createLearner.js';
import type { Learner, TrainingStep } from '../../../src/learner/learner.js';
import { initializeWeights } from '../../../src/model/initializeWeights.js';
import { resnet } from '../../../src/model/resnet.js';
import { sgd } from '../../../src/optimizer/sgd.js';
import { nativeOrNull } from '../../helpers/native.js';

const native = await nativeOrNull();
const side = 32;
const classes = 3;

/** Batch normalization of vectors and of pictures, without scale and without shift; draws of every kind. */
function mixed(): LayersModel {
  const built = sequential({
    layers: [
      layers.conv2d({ filters: 4, kernelSize: 3, inputShape: [side, side, 3] }),
      layers.batchNormalization({ scale: false, momentum: 0.5 }),
      layers.activation({ activation: 'relu' }),
      layers.gaussianNoise({ stddev: 0.1 }),
      layers.flatten(),
      layers.dense({ units: 8 }),
      layers.batchNormalization({ center: false, epsilon: 0.01 }),
      layers.alphaDropout({ rate: 0.2 }),
      layers.dropout({ rate: 0.25 }),
      layers.dense({ units: classes, activation: 'softmax' }),
    ],
  });
  initializeWeights(built, 5);
  return built;
}

/** Attention along one axis of two, whose weights have a row for each place of the other. */
function attentive(): LayersModel {
  const x = input({ shape: [side, side, 3] });
  const pooled = layers.averagePooling2d({ poolSize: 8 }).apply(x) as SymbolicTensor;
  const attention = new MultiHeadAttention({ numHeads: 2, keyDim: 3, attentionAxes: [2], dropout: 0.3 });
  const attended = attention.apply([pooled, pooled]) as SymbolicTensor;
  const projected = layers.dense({ units: 4 }).apply(attended);
  const normalized = layers.batchNormalization().apply(projected) as SymbolicTensor;
  const flat = layers.flatten().apply(normalized);
  const outputs = layers.dense({ units: classes, activation: 'softmax' }).apply(flat) as SymbolicTensor;
  const built = functional({ inputs: x, outputs });
  initializeWeights(built, 5);
  return built;
}

const residual = (version: 1 | 2) => (): LayersModel => {
  const built = resnet({ n: 1, version, classes });
  initializeWeights(built, 5);
  return built;
};

function recurrent(): LayersModel {
  const built = sequential({
    layers: [
      layers.reshape({ targetShape: [side, side * 3], inputShape: [side, side, 3] }),
      layers.lstm({ units: 4 }),
      layers.dense({ units: classes, activation: 'softmax' }),
    ],
  });
  initializeWeights(built, 5);
  return built;
}

function batchAt(step: number, size: number): Batch {
  const shape = [size, side, side, 3];
  const length = size * side * side * 3;
  const value = (i: number): number => (((i + 1) * (step + 3) * 37) % 101) / 50 - 1;
  return {
    kind: 'values',
    x: { data: Float32Array.from({ length }, (_, i) => value(i)), shape },
    y: { data: Int32Array.from({ length: size }, (_, i) => (i + step) % classes), shape: [size] },
    epoch: 0,
    size,
    seed: 3,
    cursor: { epoch: 0, position: (step + 1) * size },
  };
}

const stepsOf = (size: number, count = 2): TrainingStep[] =>
  Array.from({ length: count }, (_, i) => ({ batch: batchAt(i, size), learningRate: 0.02, iterations: i }));

const learnerOf = (model: LayersModel, shards: number): Learner =>
  createLearner({
    model,
    optimizer: sgd(),
    loss: 'sparse_categorical_crossentropy',
    metrics: ['accuracy'],
    shards,
  });

interface Work {
  readonly size: number;
  readonly shards: number;
  readonly together?: boolean;
}

/** All that a learner tells of two steps, an evaluation and a prediction, and what it knows then. */
async function work(model: LayersModel, { size, shards, together = false }: Work): Promise<number[]> {
  const learner = learnerOf(model, shards);
  try {
    const numbers: number[] = [];
    const steps = stepsOf(size);
    const results = together ? await learner.steps?.(steps) : [];
    for (const { batch, ...options } of together ? [] : steps) {
      const { loss, statistics } = await learner.step(batch, options);
      numbers.push(loss, ...statistics);
    }
    for (const { loss, statistics } of results ?? []) numbers.push(loss, ...statistics);
    const { loss, statistics } = await learner.evaluate(batchAt(9, size));
    const { data } = await learner.predict(inputsOf(batchAt(8, size)));
    const { weights, slots } = await learner.state();
    expect(learner.compiled).toBe(true);
    return [...numbers, loss, ...statistics, ...data, ...[...weights, ...slots].flatMap(({ data }) => [...data])];
  } finally {
    await learner.dispose();
  }
}

const inputsOf = (batch: Batch) => (batch.kind === 'values' ? batch.x : never());

function never(): never {
  throw new Error('These batches have values.');
}

describe.skipIf(native === null)('shards', () => {
  it.each<[string, () => LayersModel, Work]>([
    ['normalized and random layers', mixed, { size: 8, shards: 2 }],
    ['batches that are no multiple', mixed, { size: 5, shards: 2 }],
    ['fewer examples than shards', mixed, { size: 3, shards: 4 }],
    ['a single example', mixed, { size: 1, shards: 2 }],
    ['several steps in a call', mixed, { size: 8, shards: 2, together: true }],
    ['attention along one of two axes', attentive, { size: 5, shards: 2 }],
    ['a ResNet v1', residual(1), { size: 7, shards: 3 }],
    ['a ResNet v2', residual(2), { size: 8, shards: 2 }],
  ])('give what the whole batch gives: %s', async (_, make, options) => {
    const whole = await work(make(), { ...options, shards: 1 });
    const inShards = await work(make(), options);
    expect(inShards.length).toBe(whole.length);
    for (const [i, expected] of whole.entries()) {
      expect(Math.abs(inShards[i] - expected), `number ${i}`).toBeLessThanOrEqual(2e-6 + 1e-5 * Math.abs(expected));
    }
  });

  it('give the same bits each time, whatever was computed before by more threads', async () => {
    for (const size of [3, 4]) await work(mixed(), { size, shards: 1 });
    const first = await work(mixed(), { size: 7, shards: 2 });
    for (let i = 0; i < 4; i++) expect(await work(mixed(), { size: 7, shards: 2 })).toEqual(first);
  });

  it('are computed each by its own kernels', async () => {
    const convolutions = async (shards: number): Promise<number | undefined> => {
      const learner = learnerOf(mixed(), shards);
      try {
        const profile = await learner.profile?.(batchAt(0, 8), { learningRate: 0.02, iterations: 0 });
        expect(profile?.shards).toBe(shards);
        return profile?.kernels.filter(({ type }) => /Conv2D$/.test(type)).length;
      } finally {
        await learner.dispose();
      }
    };
    expect([await convolutions(1), await convolutions(2), await convolutions(4)]).toEqual([1, 2, 4]);
  });

  it('draw the bits of a mask once', async () => {
    const learner = learnerOf(mixed(), 2);
    try {
      const profile = await learner.profile?.(batchAt(0, 8), { learningRate: 0.02, iterations: 0 });
      const draws = profile?.kernels.filter(({ type }) => type.startsWith('StatelessRandom')) ?? [];
      expect(draws.length).toBe(3);
    } finally {
      await learner.dispose();
    }
  });

  it('are one where a model has layers that may see several examples', async () => {
    const learner = learnerOf(recurrent(), 2);
    try {
      const profile = await learner.profile?.(batchAt(0, 8), { learningRate: 0.02, iterations: 0 });
      expect(profile?.shards).toBe(1);
    } finally {
      await learner.dispose();
    }
  });

  it('leave nothing behind, whole or broken off', async () => {
    const sessions = openSessions();
    await expectNoLeaks(async () => {
      const model = mixed();
      await work(model, { size: 8, shards: 2 });
      const learner = learnerOf(model, 2);
      const wrong = { ...batchAt(0, 8), y: { data: Int32Array.of(9), shape: [1] } } as Batch;
      await expect(learner.step(wrong, { learningRate: 0.1, iterations: 0 })).rejects.toThrow();
      await learner.dispose();
      model.dispose();
    });
    expect(openSessions()).toBe(sessions);
  });
});
