import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, regularizers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { expectNoLeaks } from '../../../operators/testing/expectNoLeaks.js';
import type { Batch } from '../../../src/data/batch.js';
import { fromArrays } from '../../../src/data/fromArrays.js';
import { openSessions } from '../../../src/graph/session.js';
import { createLearner } from '../../../src/learner/createLearner.js';
import type { Learner, TrainingStep } from '../../../src/learner/learner.js';
import { initializeWeights } from '../../../src/model/initializeWeights.js';
import { adam } from '../../../src/optimizer/adam.js';
import { lion } from '../../../src/optimizer/lion.js';
import { nadam } from '../../../src/optimizer/nadam.js';
import type { Optimizer } from '../../../src/optimizer/optimizer.js';
import { rmsprop } from '../../../src/optimizer/rmsprop.js';
import { sgd } from '../../../src/optimizer/sgd.js';
import { nativeOrNull } from '../../helpers/native.js';

const native = await nativeOrNull();
const rows = 48;
const features = 5;
const classes = 3;

const source = fromArrays({
  name: 'toy',
  x: { data: Uint8Array.from({ length: rows * features }, (_, i) => (i * 37) % 256), shape: [rows, features] },
  y: { data: Int32Array.from({ length: rows }, (_, i) => (i * 7) % classes), shape: [rows] },
  scaling: { scale: 1 / 255 },
});

function batchAt(step: number, size = 8): Batch {
  const from = (step * 8) % (rows - size);
  const list = Int32Array.from({ length: size }, (_, i) => from + i);
  return { kind: 'rows', source, rows: list, epoch: 0, size, seed: 3, cursor: { epoch: 0, position: from + size } };
}

/** Everything that a step changes: dropout draws, moving averages, weights with a penalty. */
function model(): LayersModel {
  const kernelRegularizer = regularizers.l2({ l2: 0.01 });
  const built = sequential({
    layers: [
      layers.dense({ units: 8, activation: 'relu', inputShape: [features], kernelRegularizer }),
      layers.dropout({ rate: 0.25 }),
      layers.batchNormalization(),
      layers.dense({ units: classes, activation: 'softmax' }),
    ],
  });
  initializeWeights(built, 5);
  return built;
}

const learnerWith = (optimizer: Optimizer, compile: boolean, trained = model()): Learner =>
  createLearner({ model: trained, optimizer, loss: 'sparse_categorical_crossentropy', metrics: ['accuracy'], compile });

const stepsFrom = (first: number, count: number, size?: number): TrainingStep[] =>
  Array.from({ length: count }, (_, i) => ({
    batch: batchAt(first + i, size),
    learningRate: 0.01 / (1 + first + i),
    iterations: first + i,
  }));

/** Results and state after calls of the given steps. */
async function trained(learner: Learner, calls: readonly (readonly TrainingStep[])[]) {
  try {
    const results = [];
    for (const steps of calls) results.push(...((await learner.steps?.(steps)) ?? []));
    const { weights, slots } = await learner.state();
    return { results, state: [...weights, ...slots].map(({ data }) => data) };
  } finally {
    await learner.dispose();
  }
}

const optimizers: [string, () => Optimizer][] = [
  ['SGD with momentum, by kernels', () => sgd({ momentum: 0.9 })],
  ['RMSprop, by kernels', () => rmsprop()],
  ['Adam with averages', () => adam({ useEma: true })],
  ['Nadam, by formulas', () => nadam()],
  ['Lion, by formulas', () => lion()],
  ['SGD that accumulates gradients', () => sgd({ gradientAccumulationSteps: 2 })],
];

describe.skipIf(native === null)('steps', () => {
  it.each(optimizers)('gives in one call what it gives step by step: %s', async (_, optimizer) => {
    const together = await trained(learnerWith(optimizer(), true), [stepsFrom(0, 4), stepsFrom(4, 4)]);
    const single = await trained(
      learnerWith(optimizer(), true),
      stepsFrom(0, 8).map(step => [step]),
    );
    expect(together).toEqual(single);
    expect(together.results).toHaveLength(8);
  });

  it('takes batches of several shapes one by one, after as many of one shape too', async () => {
    const calls = [stepsFrom(0, 3), [...stepsFrom(3, 2), ...stepsFrom(5, 1, 5)]];
    const together = await trained(learnerWith(rmsprop(), true), calls);
    const single = await trained(
      learnerWith(rmsprop(), true),
      calls.flat().map(step => [step]),
    );
    expect(together).toEqual(single);
  });

  it('takes no step before all shapes are traced: an eager learner takes all of them then', async () => {
    const loss = (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor => {
      if (yPred.shape[0] === 5) yPred.dataSync();
      return tf.mean(tf.abs(tf.sub(yPred, yTrue)), -1);
    };
    const mixed = [...stepsFrom(0, 2), ...stepsFrom(2, 1, 5)];
    const made = (compile: boolean) => createLearner({ model: model(), optimizer: sgd(), loss, compile });
    const { results } = await trained(made(true), [mixed]);
    const eager = await trained(made(false), [mixed]);
    expect(results[0].warnings?.map(({ code }) => code)).toEqual(['eager-fallback']);
    expect(results.map(({ loss }) => loss)).toEqual(eager.results.map(({ loss }) => loss));
  });

  it('goes step by step where nothing is compiled', async () => {
    const together = await trained(learnerWith(rmsprop(), false), [stepsFrom(0, 3)]);
    const single = await trained(
      learnerWith(rmsprop(), false),
      stepsFrom(0, 3).map(step => [step]),
    );
    expect(together).toEqual(single);
  });

  it('gives nothing for no steps', async () => {
    expect((await trained(learnerWith(sgd(), true), [[]])).results).toEqual([]);
  });

  it('leaves nothing behind', async () => {
    const trainable = model();
    const counters = { tensors: () => tf.memory().numTensors, openSessions };
    await expectNoLeaks(
      () => trained(learnerWith(adam(), true, trainable), [stepsFrom(0, 3), stepsFrom(3, 3)]),
      counters,
    );
  });
});
