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
import type { ValueBatch } from '../../../src/data/batch.js';
import { openSessions } from '../../../src/graph/session.js';
import { MultiHeadAttention } from '../../../src/layer/multiHeadAttention.js';
import { createLearner } from '../../../src/learner/createLearner.js';
import type { Learner, TrainingStep } from '../../../src/learner/learner.js';
import type { StepProfile } from '../../../src/learner/stepProfile.js';
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

function batchAt(step: number, size: number): ValueBatch {
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

const stepsOf = (size: number): TrainingStep[] =>
  Array.from({ length: 2 }, (_, i) => ({ batch: batchAt(i, size), learningRate: 0.02, iterations: i }));

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
    const steps = stepsOf(size);
    const trained = together
      ? await learner.steps?.(steps)
      : await Promise.all(steps.map(({ batch, ...options }) => learner.step(batch, options)));
    expect(trained).toHaveLength(steps.length);
    const results = [...(trained ?? []), await learner.evaluate(batchAt(9, size))];
    const { data } = await learner.predict(batchAt(8, size).x);
    const { weights, slots } = await learner.state();
    expect(learner.compiled).toBe(true);
    const told = results.flatMap(({ loss, statistics }) => [loss, ...statistics]);
    return [...told, ...data, ...[...weights, ...slots].flatMap(({ data }) => [...data])];
  } finally {
    await learner.dispose();
  }
}

/** Where the time of a step on eight examples goes. */
async function profileOf(model: LayersModel, shards: number): Promise<StepProfile> {
  const learner = learnerOf(model, shards);
  try {
    const [{ batch, ...options }] = stepsOf(8);
    return (await learner.profile?.(batch, options)) as StepProfile;
  } finally {
    await learner.dispose();
  }
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
  ])(
    'give what the whole batch gives: %s',
    async (_, make, options) => {
      const whole = await work(make(), { ...options, shards: 1 });
      const inShards = await work(make(), options);
      expect(inShards.length).toBe(whole.length);
      for (const [i, expected] of whole.entries()) {
        expect(Math.abs(inShards[i] - expected), `number ${i}`).toBeLessThanOrEqual(2e-6 + 1e-5 * Math.abs(expected));
      }
    },
    120_000,
  );

  it('give the same bits each time, whatever was computed before by more threads', async () => {
    for (const size of [3, 4]) await work(mixed(), { size, shards: 1 });
    const first = await work(mixed(), { size: 7, shards: 2 });
    for (let i = 0; i < 4; i++) expect(await work(mixed(), { size: 7, shards: 2 })).toEqual(first);
  });

  it('are computed each by its own kernels', async () => {
    const convolutions = async (wanted: number): Promise<number> => {
      const { shards, kernels } = await profileOf(mixed(), wanted);
      expect(shards).toBe(wanted);
      return kernels.filter(({ type }) => /Conv2D$/.test(type)).length;
    };
    expect([await convolutions(1), await convolutions(2), await convolutions(4)]).toEqual([1, 2, 4]);
  });

  it('draw the bits of a mask once', async () => {
    const { kernels } = await profileOf(mixed(), 2);
    expect(kernels.filter(({ type }) => type.startsWith('StatelessRandom')).length).toBe(3);
  });

  it('are one where a model has layers that may see several examples', async () => {
    expect((await profileOf(recurrent(), 2)).shards).toBe(1);
  });

  it('leave nothing behind, whole or broken off', async () => {
    const sessions = openSessions();
    await expectNoLeaks(async () => {
      const model = mixed();
      await work(model, { size: 8, shards: 2 });
      const learner = learnerOf(model, 2);
      const wrong = { ...batchAt(0, 8), y: { data: Int32Array.of(9), shape: [1] } };
      await expect(learner.step(wrong, { learningRate: 0.1, iterations: 0 })).rejects.toThrow();
      await learner.dispose();
      model.dispose();
    });
    expect(openSessions()).toBe(sessions);
  });
});
