import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { afterEach, describe, expect, it } from 'vitest';
import { sampleOf } from '../../../operators/testing/samples.js';
import type { HostData } from '../../../src/array/hostArray.js';
import type { Batch, ValueBatch } from '../../../src/data/batch.js';
import { fromArrays } from '../../../src/data/fromArrays.js';
import { rowOf } from '../../../src/data/gatherRows.js';
import type { ArraySource } from '../../../src/data/source.js';
import { toBatch } from '../../../src/data/toBatch.js';
import { InvalidArgumentError } from '../../../src/error/invalidArgumentError.js';
import { openSessions } from '../../../src/graph/session.js';
import { createLearner, type LearnerOptions } from '../../../src/learner/createLearner.js';
import { fingerprint } from '../../../src/learner/fingerprint.js';
import { LabelMismatchError } from '../../../src/learner/labels.js';
import type { Learner, LearnerState, StepOptions } from '../../../src/learner/learner.js';
import { modelVariables } from '../../../src/learner/modelVariables.js';
import { ModelInUseError } from '../../../src/learner/ownModel.js';
import { LearnerDisposedError } from '../../../src/learner/programLearner.js';
import { initializeWeights } from '../../../src/model/initializeWeights.js';
import { adam } from '../../../src/optimizer/adam.js';
import { rmsprop } from '../../../src/optimizer/rmsprop.js';
import { sgd } from '../../../src/optimizer/sgd.js';
import { loadModel } from '../../../src/saving/loadModel.js';
import { saveModel } from '../../../src/saving/saveModel.js';
import { nativeOrNull } from '../../helpers/native.js';
import { temporaryFolder } from '../file/temporaryFolder.js';

const native = await nativeOrNull();
const rows = 24;
const features = 5;
const classes = 3;

const source: ArraySource = fromArrays({
  name: 'toy',
  x: { data: Uint8Array.from({ length: rows * features }, (_, i) => (i * 37) % 256), shape: [rows, features] },
  y: { data: Int32Array.from({ length: rows }, (_, i) => (i * 7) % classes), shape: [rows] },
  scaling: { scale: 1 / 255 },
});

function rowBatch(from: number, size: number): Batch {
  const cursor = { epoch: 0, position: from + size };
  return {
    kind: 'rows',
    source,
    rows: Int32Array.from({ length: size }, (_, i) => from + i),
    epoch: 0,
    size,
    seed: 3,
    cursor,
  };
}

function dense(): LayersModel {
  const model = sequential({
    layers: [
      layers.dense({ units: 8, activation: 'relu', inputShape: [features] }),
      layers.dropout({ rate: 0.25 }),
      layers.batchNormalization(),
      layers.dense({ units: classes, activation: 'softmax' }),
    ],
  });
  initializeWeights(model, 5);
  return model;
}

const batches = [rowBatch(0, 8), rowBatch(8, 8), rowBatch(16, 5)];

async function trainSteps(learner: Learner, steps: number, from = 0): Promise<number[]> {
  const losses: number[] = [];
  for (let i = from; i < from + steps; i++) {
    const { loss } = await learner.step(batches[i % batches.length], { learningRate: 0.01, iterations: i });
    losses.push(loss);
  }
  return losses;
}

const close = (a: LearnerState, b: LearnerState, tolerance: number): void => {
  for (const part of ['weights', 'slots'] as const) {
    expect(a[part].map(({ shape }) => shape)).toEqual(b[part].map(({ shape }) => shape));
    for (const [i, { name, data }] of a[part].entries()) {
      for (let j = 0; j < data.length; j++) {
        const expected = b[part][i].data[j];
        expect(Math.abs(data[j] - expected), `${name}[${j}]`).toBeLessThanOrEqual(tolerance * (1 + Math.abs(expected)));
      }
    }
  }
};

describe.skipIf(native === null)('createLearner', () => {
  const open: Learner[] = [];
  const create = (options: Partial<LearnerOptions> = {}): Learner => {
    const learner = createLearner({
      model: dense(),
      optimizer: rmsprop(),
      loss: 'categorical_crossentropy',
      metrics: ['accuracy'],
      ...options,
    });
    open.push(learner);
    return learner;
  };
  afterEach(async () => {
    for (const learner of open.splice(0)) await learner.dispose();
  });

  it.each([
    ['rmsprop', rmsprop()],
    ['adam with clipping', adam({ clipnorm: 0.5 })],
    ['sgd with momentum', sgd({ momentum: 0.9, nesterov: true })],
  ])('gives the same weights compiled and eager: %s', async (_, optimizer) => {
    const compiled = create({ optimizer });
    const eager = create({ optimizer, compile: false });
    expect([compiled.compiled, eager.compiled]).toEqual([true, false]);
    const losses = await trainSteps(compiled, 10);
    for (const [i, loss] of (await trainSteps(eager, 10)).entries()) expect(losses[i]).toBeCloseTo(loss, 4);
    close(await compiled.state(), await eager.state(), 1e-4);
  });

  it('gives the same bits for the same seed', async () => {
    const prints = await Promise.all(
      [create(), create()].map(async learner => {
        await trainSteps(learner, 6);
        return fingerprint((await learner.state()).weights);
      }),
    );
    expect(prints[0]).toBe(prints[1]);
  });

  it('goes on from a state as if it had never stopped', async () => {
    const unbroken = create();
    await trainSteps(unbroken, 4);
    const state = await unbroken.state();
    const resumed = create();
    await resumed.restore(state);
    const expected = await trainSteps(unbroken, 4, 4);
    expect(await trainSteps(resumed, 4, 4)).toEqual(expected);
    expect(fingerprint((await resumed.state()).weights)).toBe(fingerprint((await unbroken.state()).weights));
  });

  it.each([
    [
      [2, features + 1],
      2 * (features + 1),
      /The examples of the inputs have shape \[\d+\], but the model .* takes \[\d+\]/,
    ],
    [[2, features], 3, /The inputs have 3 values, but their shape \[2,\d+\] says \d+/],
  ])('refuses to predict of inputs of shape %j, %i values', async (shape, length, message) => {
    const predicting = create().predict({ data: new Float32Array(length), shape });
    await expect(predicting).rejects.toThrow(InvalidArgumentError);
    await expect(predicting).rejects.toThrow(message);
  });

  it.each([{}, { learningRate: Number.NaN, iterations: 0 }, { learningRate: 0.1 }])(
    'takes no step by %j, and goes on',
    async options => {
      const learner = create();
      const before = fingerprint((await learner.state()).weights);
      const sample = sampleOf({ source, row: 0, position: 0 });
      await expect(learner.step(toBatch([sample]), options as StepOptions)).rejects.toThrow(/learningRate is/);
      expect(fingerprint((await learner.state()).weights)).toBe(before);
    },
  );

  it('puts weights back alone, and keeps the slots', async () => {
    const learner = create();
    const { weights } = await learner.state();
    await trainSteps(learner, 3);
    const trained = await learner.state();
    await learner.restore({ weights, slots: [] });
    const state = await learner.state();
    expect(fingerprint(state.weights)).toBe(fingerprint(weights));
    expect(fingerprint(state.slots)).toBe(fingerprint(trained.slots));
  });

  it.each([true, false])('brings the weights into the model, compiled or not: %s', async compile => {
    const model = dense();
    const learner = create({ model, compile });
    await trainSteps(learner, 2);
    await learner.sync?.();
    const x = tf.ones([1, features]);
    const { data } = await learner.predict({ data: x.dataSync() as Float32Array, shape: x.shape });
    const predicted = (model.predict(x) as tf.Tensor).dataSync();
    for (const [i, value] of predicted.entries()) expect(value).toBeCloseTo(data[i], 5);
    await trainSteps(learner, 1, 2);
  });

  it('is what a model is saved with', async () => {
    const model = dense();
    const learner = create({ model });
    await trainSteps(learner, 2);
    const file = join(temporaryFolder(), 'model.keras');
    await saveModel(model, file);
    const saved = modelVariables((await loadModel(file)).model).map(({ variable }) => variable.dataSync());
    expect(saved).toEqual((await learner.state()).weights.map(({ data }) => data));
  });

  it('says which array of a foreign state does not fit', async () => {
    const learner = create();
    const { weights } = await learner.state();
    const foreign = weights.map((array, i) => (i === 0 ? { ...array, shape: [1, 1] } : array));
    await expect(learner.restore({ weights: foreign, slots: [] })).rejects.toThrow(/shape \[1,1\] for 'dense.*kernel'/);
  });

  it('says which slot of a foreign state is missing, or one too many', async () => {
    const states = await Promise.all([sgd({ momentum: 0.9 }), adam()].map(optimizer => create({ optimizer }).state()));
    const [momentum, moments] = states;
    await expect(create({ optimizer: adam() }).restore(momentum)).rejects.toThrow(/no 'velocity' for 'dense.*kernel'/);
    const withMomentum = create({ optimizer: sgd({ momentum: 0.9 }) });
    await expect(withMomentum.restore(moments)).rejects.toThrow(/'velocity' for 'dense.*kernel'.*doesn't keep/);
    await expect(withMomentum.restore({ ...momentum, weights: [] })).rejects.toThrow(/0 weights; this model has \d/);
  });

  it('takes rows and values alike', async () => {
    const [byRows, byValues] = [create(), create()];
    const values: Batch = {
      kind: 'values',
      x: {
        data: Float32Array.from(source.x.data.subarray(0, 8 * features), v => v / 255),
        shape: [8, features],
      },
      y: { data: source.y.data.slice(0, 8), shape: [8] },
      epoch: 0,
      size: 8,
      seed: 3,
      cursor: { epoch: 0, position: 8 },
    };
    const options = { learningRate: 0.01, iterations: 0 };
    const [a, b] = await Promise.all([byRows.step(batches[0], options), byValues.step(values, options)]);
    expect(a.loss).toBeCloseTo(b.loss, 5);
  });

  it('takes labels that are bytes', async () => {
    const [ofInts, ofBytes] = [create(), create()];
    const y = Uint8Array.of(0, 2, 1);
    const batch = (data: HostData): ValueBatch => ({
      kind: 'values',
      x: { data: Float32Array.from(source.x.data.subarray(0, 3 * features)), shape: [3, features] },
      y: { data, shape: [3] },
      epoch: 0,
      size: 3,
      seed: 3,
      cursor: { epoch: 0, position: 3 },
    });
    const options = { learningRate: 0.01, iterations: 0 };
    const expected = await ofInts.step(batch(Int32Array.from(y)), options);
    expect(await ofBytes.step(batch(y), options)).toEqual(expected);
    expect(await ofBytes.evaluate(batch(y))).toEqual(await ofInts.evaluate(batch(Int32Array.from(y))));
  });

  it('takes values piece by piece, without an array of all', async () => {
    const samples = Array.from({ length: 8 }, (_, row) =>
      sampleOf({ source, row, position: row, example: { x: rowOf(source.x, row, features), y: row % classes } }),
    );
    const made = toBatch(samples) as ValueBatch;
    const unread: ValueBatch = {
      ...made,
      x: {
        shape: made.x.shape,
        get data(): never {
          throw new Error('x was read');
        },
      },
    };
    const { stored: _, ...joined } = made;
    const options = { learningRate: 0.01, iterations: 0 };
    const { loss } = await create().step(joined, options);
    expect((await create().step(unread, options)).loss).toBe(loss);
  });

  it('lets a piece of work see the moving averages, and puts the weights back', async () => {
    const learner = create({ optimizer: adam({ useEma: true, emaMomentum: 0.5 }) });
    await trainSteps(learner, 4);
    const { weights, slots } = await learner.state();
    const averages = slots.filter(({ name }) => name.endsWith('/average'));
    const trainable = weights.filter(({ name }) => !/moving/.test(name));
    const seen = await learner.withAverages?.(() => learner.state());
    expect(fingerprint(seen?.weights.filter(({ name }) => !/moving/.test(name)) ?? [])).toBe(fingerprint(averages));
    expect(fingerprint(averages)).not.toBe(fingerprint(trainable));
    expect(fingerprint((await learner.state()).weights)).toBe(fingerprint(weights));
    await expect(learner.withAverages?.(() => Promise.reject(new Error('on purpose')))).rejects.toThrow('on purpose');
    expect(fingerprint((await learner.state()).weights)).toBe(fingerprint(weights));
  });

  it('has no averages to show where the optimizer keeps none', async () => {
    await expect(create().withAverages?.(async () => 1)).rejects.toThrow(/useEma: true/);
  });

  it('evaluates in inference mode, without an update', async () => {
    const learner = create();
    const before = await learner.state();
    const [first, second] = [await learner.evaluate(batches[0]), await learner.evaluate(batches[0])];
    expect(first.loss).toBe(second.loss);
    expect(fingerprint((await learner.state()).weights)).toBe(fingerprint(before.weights));
    expect(learner.metrics.map(({ name }) => name)).toEqual(['loss', 'accuracy']);
  });

  it('predicts what the model predicts, and gives it the trained weights at the end', async () => {
    const model = dense();
    const learner = create({ model });
    await trainSteps(learner, 5);
    const x = { data: Float32Array.from({ length: 2 * features }, (_, i) => i / 10), shape: [2, features] };
    const predicted = await learner.predict(x);
    expect(predicted.shape).toEqual([2, classes]);
    await learner.dispose();
    const own = tf.tidy(() => (model.predict(tf.tensor(x.data, [2, features])) as tf.Tensor).dataSync());
    for (const [i, value] of own.entries()) expect(predicted.data[i]).toBeCloseTo(value, 5);
  });

  it.skipIf(native === null)(
    'keeps compiled predictions for a bounded number of input shapes, and trains on',
    async () => {
      const [predicting, training] = [create(), create()];
      const predictAll = async (): Promise<number[]> => {
        const first: number[] = [];
        for (let size = 1; size <= 40; size++) {
          const data = Float32Array.from({ length: size * features }, (_, i) => (i % features) / 10);
          first.push((await predicting.predict({ data, shape: [size, features] })).data[0]);
        }
        return first;
      };
      const losses = await trainSteps(predicting, 4);
      const x = { data: new Float32Array(2 * features).fill(0.5), shape: [2, features] };
      const given: Batch = { ...rowBatch(0, 2), kind: 'values', x, y: { data: Int32Array.of(0, 1), shape: [2] } };
      const judged = await predicting.evaluate(given);
      const predicted = await predictAll();
      expect(await predicting.evaluate(given)).toEqual(judged);
      // All rows are equal, whatever shape they have been predicted in.
      for (const value of predicted) expect(value).toBeCloseTo(predicted[0], 6);
      losses.push(...(await trainSteps(predicting, 4, 4)));
      await predictAll();
      expect(losses).toEqual(await trainSteps(training, 8));
      const profile = await predicting.profile?.(batches[0], { learningRate: 0, iterations: 8 });
      expect(profile?.traced.get('Placeholder')).toBeLessThan(60);
      await Promise.all([predicting.dispose(), training.dispose()]);
      expect(openSessions()).toBe(0);
    },
  );

  it('counts its updates, and has the count in its state', async () => {
    const learner = create();
    expect(learner.iterations).toBe(0);
    const initial = await learner.state();
    await trainSteps(learner, 3);
    expect(learner.iterations).toBe(3);
    const { weights, slots, iterations } = await learner.state();
    expect(iterations).toBe(3);
    await learner.restore(initial);
    expect(learner.iterations).toBe(0);
    await learner.restore({ weights, slots, iterations: 3 });
    await learner.restore({ weights: initial.weights, slots: [] });
    expect(learner.iterations).toBe(3);
    await learner.dispose();
  });

  it('refuses a second learner on a model, until the first is disposed', async () => {
    const model = dense();
    const first = create({ model });
    expect(() => create({ model })).toThrow(ModelInUseError);
    await first.dispose();
    expect(() => create({ model })).not.toThrow();
  });

  it('refuses a second learner on weights that either of them trains, until the first is disposed', async () => {
    const common = layers.batchNormalization({ inputShape: [features] });
    const over = () => sequential({ layers: [common, layers.dense({ units: classes, activation: 'softmax' })] });
    const [model, other] = [over(), over()];
    const first = create({ model });
    expect(() => create({ model: other })).toThrow(ModelInUseError);
    expect(() => create({ model: other })).toThrow(`'${other.name}' shares weights with the model '${model.name}'`);
    await first.dispose();
    const second = create({ model: other });
    common.trainable = false;
    expect(() => create({ model })).toThrow(ModelInUseError);
    await second.dispose();
    await Promise.all([model, other].map(async model => trainSteps(create({ model }), 1)));
  });

  it('refuses a number of shards that is none, and leaves the model free', () => {
    const model = dense();
    expect(() => create({ model, shards: 0 })).toThrow(/shards must be a whole number from 1 on, got 0/);
    expect(() => create({ model })).not.toThrow();
  });

  it('refuses a misspelt option, and leaves the model free', () => {
    const model = dense();
    expect(() => create({ model, metric: ['accuracy'] } as never)).toThrow(
      /option of createLearner 'metric'.*Did you mean 'metrics'/,
    );
    expect(() => create({ model })).not.toThrow();
  });

  it('refuses calls after dispose', async () => {
    const learner = create();
    await learner.dispose();
    await learner.dispose();
    await expect(trainSteps(learner, 1)).rejects.toThrow(LearnerDisposedError);
    await expect(learner.state()).rejects.toThrow(/disposed/);
  });

  it.each([true, false])('says so where the model is disposed under it (compile: %s)', async compile => {
    const model = dense();
    const learner = create({ model, compile });
    model.dispose();
    await expect(trainSteps(learner, 1)).rejects.toThrow("Call 'await learner.dispose()' first");
    await expect(learner.dispose()).resolves.toBeUndefined();
  });

  it('waits for the running step when it is disposed', async () => {
    const learner = create();
    const step = learner.step(batches[0], { learningRate: 0.01, iterations: 0 });
    await learner.dispose();
    expect((await step).loss).toBeGreaterThan(0);
  });

  it.each([true, false])('leaves no tensor behind (compile: %s)', async compile => {
    const model = dense();
    const count = () => [tf.memory().numTensors, native?.binding.getNumOfTensors()];
    // The model's own weights are uploaded when they are first needed.
    tf.tidy(() => void model.predict(tf.zeros([1, features])));
    const before = count();
    const learner = createLearner({
      model,
      optimizer: adam(),
      loss: 'categorical_crossentropy',
      metrics: ['accuracy'],
      compile,
    });
    await trainSteps(learner, 6);
    await learner.evaluate(batches[0]);
    await learner.state();
    await learner.dispose();
    tf.tidy(() => void model.predict(tf.zeros([1, features])));
    expect(count()).toEqual(before);
  });

  it("says so where labels don't fit the output", async () => {
    const wide = { ...source, name: 'wide', y: { data: new Float32Array(rows * 2), shape: [rows, 2] } };
    const learner = create();
    const batch = { ...rowBatch(0, 4), source: wide } as Batch;
    await expect(learner.step(batch, { learningRate: 0.1, iterations: 0 })).rejects.toThrow(LabelMismatchError);
    await expect(learner.step(batch, { learningRate: 0.1, iterations: 0 })).rejects.toThrow(
      /'wide' have shape \[2\].*\[3\]/,
    );
    // A mistake is no reason to go on eagerly.
    expect((await learner.step(batches[0], { learningRate: 0.1, iterations: 0 })).warnings).toBeUndefined();
    expect(learner.compiled).toBe(create().compiled);
  });

  it.each([
    ['loss', { loss: 'categorical_crosentropy' }, /Unknown loss.*categorical_crossentropy/],
    ['metric', { metrics: ['acuracy'] }, /accuracy/],
    ['optimizer', { optimizer: 'admm' }, /Unknown optimizer.*adam/],
  ])('suggests the nearest name of a %s', (_, options, message) => {
    expect(() => create(options)).toThrow(message);
  });

  it('trains with a loss and a metric that are functions', async () => {
    const mean = (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor => tf.mean(tf.square(tf.sub(yTrue, yPred)), -1);
    const learner = create({ loss: mean, metrics: [mean] });
    const losses = await trainSteps(learner, 30);
    expect(losses.at(-1)).toBeLessThan(losses[0]);
  });

  it('goes on eagerly where a step cannot be compiled, and says why, once', async () => {
    const peeking = (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor => {
      yPred.dataSync();
      return tf.mean(tf.square(tf.sub(yTrue, yPred)), -1);
    };
    const learner = create({ metrics: [peeking] });
    const options = { learningRate: 0.01, iterations: 0 };
    const first = await learner.step(batches[0], options);
    expect(first.warnings?.map(({ code }) => code)).toEqual(['eager-fallback']);
    expect(first.warnings?.[0].message).toMatch(/reads the values.*createLearner\.test\.ts/);
    expect(learner.compiled).toBe(false);
    expect((await learner.step(batches[1], options)).warnings).toBeUndefined();
  });

  it('keeps what it has learnt where a later call cannot be compiled, and frees its session', async () => {
    let isPeeking = false;
    const peeking = (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor => {
      if (isPeeking) yPred.dataSync();
      return tf.mean(tf.square(tf.sub(yTrue, yPred)), -1);
    };
    const sessions = openSessions();
    const learner = create({ metrics: [peeking] });
    await trainSteps(learner, 2);
    const { weights } = await learner.state();
    isPeeking = true;
    await learner.evaluate(batches[0]);
    expect(learner.compiled).toBe(false);
    expect(openSessions()).toBe(sessions);
    expect(fingerprint((await learner.state()).weights)).toBe(fingerprint(weights));
  });
});
