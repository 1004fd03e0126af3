import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, type Sequential, sequential } from '@tensorflow/tfjs-layers';
import { firstValueFrom, lastValueFrom, take, tap, toArray } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { batch } from '../../../operators/batch.js';
import { history } from '../../../operators/history.js';
import { expectNoLeaks } from '../../../operators/testing/expectNoLeaks.js';
import { evaluate } from '../../../pipelines/evaluate.js';
import { type TrainOptions, train } from '../../../pipelines/train.js';
import type { HostArray } from '../../../src/array/hostArray.js';
import type { Batch } from '../../../src/data/batch.js';
import { fromArrays } from '../../../src/data/fromArrays.js';
import { InvalidArgumentError } from '../../../src/error/invalidArgumentError.js';
import { UnknownNameError } from '../../../src/error/unknownNameError.js';
import { applyModel } from '../../../src/layer/applyModel.js';
import { createCustomLearner } from '../../../src/learner/createCustomLearner.js';
import { createLearner } from '../../../src/learner/createLearner.js';
import type { CustomSteps } from '../../../src/learner/customProgram.js';
import type { Learner } from '../../../src/learner/learner.js';
import { ModelInUseError, syncModel } from '../../../src/learner/ownModel.js';
import type { Examples, Fed } from '../../../src/learner/program.js';
import { createUpdater } from '../../../src/learner/updater.js';
import { valueAndGradients } from '../../../src/learner/valueAndGradients.js';
import { categoricalAccuracy } from '../../../src/metrics/accuracy.js';
import { initializeWeights } from '../../../src/model/initializeWeights.js';
import { adam } from '../../../src/optimizer/adam.js';
import { sgd } from '../../../src/optimizer/sgd.js';
import { exponentialDecay } from '../../../src/schedule/exponentialDecay.js';
import { memoryStore } from '../../helpers/memoryStore.js';
import { nativeOrNull } from '../../helpers/native.js';

const native = await nativeOrNull();
const [rows, features, classes] = [40, 5, 3];

const source = fromArrays({
  name: 'toy',
  x: { data: Uint8Array.from({ length: rows * features }, (_, i) => (i * 37) % 256), shape: [rows, features] },
  y: Int32Array.from({ length: rows }, (_, i) => (i * 7) % classes),
  scaling: { scale: 1 / 255 },
});

const batchOf = (size: number): Batch => {
  const list = Int32Array.from({ length: size }, (_, i) => i);
  return { kind: 'rows', source, rows: list, epoch: 0, size, seed: 3, cursor: { epoch: 0, position: size } };
};

function classifier(): Sequential {
  const model = sequential({
    layers: [
      // Of one name in all models: those of a learner's state are to differ.
      layers.dense({ units: 8, inputShape: [features], name: 'hidden' }),
      layers.batchNormalization(),
      layers.activation({ activation: 'relu' }),
      layers.dropout({ rate: 0.25 }),
      layers.dense({ units: classes, activation: 'softmax' }),
    ],
  });
  initializeWeights(model, 5);
  return model;
}

const optimizer = () =>
  adam({ learningRate: exponentialDecay({ initialLearningRate: 0.01, decaySteps: 3, decayRate: 0.9 }), useEma: true });
const accuracy = { ...categoricalAccuracy(), name: 'accuracy' } as const;

/** What `createLearner` does, by hand. */
function byHand(model: LayersModel, compile: boolean, onStep: (loss: tf.Scalar) => void = () => {}): Learner {
  const updater = createUpdater(optimizer(), model);
  const judge = ({ x, y }: Examples, training: boolean, seed: Fed['seed'] | null) => {
    const { output, logits } = applyModel(model, x, { training, seed });
    const labels = tf.oneHot(y as tf.Tensor1D, classes);
    const value = tf.losses.softmaxCrossEntropy(labels, logits as tf.Tensor) as tf.Scalar;
    const mean = tf.mean(tf.max(output, -1)) as tf.Scalar;
    return {
      value,
      aux: { confidence: mean, accuracy: accuracy.statistics(tf.cast(labels, 'float32'), output, null) },
    };
  };
  return createCustomLearner({
    updaters: updater,
    metrics: [accuracy, 'confidence'],
    compile,
    trainStep(examples, { seed }) {
      const { value, gradients, aux } = valueAndGradients(() => judge(examples, true, seed), updater.weights);
      onStep(value);
      updater.apply(gradients);
      return { loss: value, ...aux };
    },
    testStep(examples) {
      const { value, aux } = judge(examples, false, null);
      return { loss: value, ...aux };
    },
    predictStep: x => applyModel(model, x, { training: false, seed: null }).output,
  });
}

async function run(learner: Learner, stepsPerExecution = 1) {
  const data = { source, through: batch(12) };
  const run$ = train({ learner, data, validation: data, epochs: 2, seed: 7, stepsPerExecution });
  const { history: logs } = await lastValueFrom(run$.pipe(history()));
  const { data: predicted } = await learner.predict({
    data: new Float32Array(features).fill(0.5),
    shape: [1, features],
  });
  return { logs, predicted, state: await learner.state() };
}

const shared: [string, boolean][] = [
  ['compiled', true],
  ['eager', false],
];

describe.each(shared)('createCustomLearner (%s)', (_, compile) => {
  const itRuns = it.skipIf(compile && native === null);

  itRuns.each([1, 2])(
    'trains, evaluates and predicts as createLearner does with the same steps: %i in a call',
    async calls => {
      await expectNoLeaks(async () => {
        const [ours, other] = [classifier(), classifier()];
        const learner = byHand(ours, compile);
        const { logs, predicted, state } = await run(learner, calls);
        const loss = 'sparse_categorical_crossentropy';
        const options = { optimizer: optimizer(), loss, metrics: ['accuracy'], compile, shards: 1 } as const;
        const model = createLearner({ model: other, ...options });
        const expected = await run(model, calls);
        expect(learner.compiled).toBe(compile);
        expect(learner.parameters).toBe(model.parameters);
        for (const [name, values] of Object.entries(expected.logs)) {
          for (const [epoch, value] of values.entries()) expect(logs[name][epoch], name).toBeCloseTo(value, 5);
        }
        expect(logs.val_confidence.every(mean => mean > 1 / 3 && mean < 1)).toBe(true);
        for (const [i, value] of expected.predicted.entries()) expect(predicted[i]).toBeCloseTo(value, 5);
        for (const [i, { data }] of expected.state.weights.entries()) {
          for (const [j, value] of data.entries()) expect(state.weights[i].data[j]).toBeCloseTo(value, 5);
        }
        const data = { source, through: batch(rows) };
        const results = await firstValueFrom(evaluate({ learner, data }));
        expect(Object.keys(results)).toEqual(['loss', 'accuracy', 'confidence']);
        await learner.dispose();
        await model.dispose();
        tf.dispose([ours, other].flatMap(built => built.weights.map(weight => weight.read())));
      });
    },
  );

  itRuns('goes on after a break as if there had been none', async () => {
    const whole = await lastValueFrom(train(duel(compile)));
    const snapshots = memoryStore();
    const options = { ...duel(compile), snapshots };
    await lastValueFrom(train(options).pipe(take(9), toArray()));
    expect(snapshots.saved.length).toBeGreaterThan(0);
    const resumed = await lastValueFrom(train({ ...options, resume: true }));
    expect(whole).toMatchObject({ type: 'runEnd', fingerprint: expect.any(String) });
    expect(resumed).toMatchObject({ fingerprint: (whole as { fingerprint: string }).fingerprint });
  });

  itRuns('takes its rate for the first updater, those of the others from themselves', async () => {
    const halving = exponentialDecay({ initialLearningRate: 0.5, decaySteps: 1, decayRate: 0.5 });
    const weights = [1, 1, 1, 1].map(value => tf.tidy(() => tf.variable(tf.scalar(value))));
    const updaters = [halving, 0.5, halving, 0.125].map((learningRate, i) =>
      createUpdater(sgd({ learningRate }), [weights[i]]),
    );
    const learner = createCustomLearner({
      updaters,
      compile,
      trainStep() {
        for (const updater of updaters) updater.apply([tf.scalar(1)]);
        return { loss: tf.addN(weights) };
      },
    });
    expect(learner.learningRate(0)).toBe(0.5);
    const two = [0, 1].map(iterations => ({ batch: batchOf(4), learningRate: 0.25, iterations }));
    await learner.steps?.(two);
    await learner.step(batchOf(4), { learningRate: 0.25, iterations: 2 });
    const state = await learner.state();
    expect(state.weights.map(({ data }) => data[0])).toEqual([0.25, -0.5, 0.125, 0.625]);
    await learner.dispose();
    tf.dispose(weights);
  });

  itRuns('keeps further variables and models in its state, and puts them back', async () => {
    const [model, teacher] = [classifier(), classifier()];
    const steps = tf.variable(tf.scalar(0), false, 'steps');
    const updater = createUpdater('sgd', model);
    const learner = createCustomLearner({
      updaters: updater,
      variables: [teacher, steps],
      compile,
      trainStep({ x }) {
        const distance = () => {
          const [own, others] = [model, teacher].map(one => applyModel(one, x, { training: false, seed: null }).output);
          return tf.add(tf.mean(tf.squaredDifference(own, others)), 1) as tf.Scalar;
        };
        const { value, gradients } = valueAndGradients(distance, updater.weights);
        updater.apply(gradients);
        for (const [i, weight] of teacher.weights.entries()) {
          const [slow, quick] = [weight, model.weights[i]].map(one => one.read() as tf.Variable);
          slow.assign(tf.add(tf.mul(slow, 0.9), tf.mul(quick, 0.1)));
        }
        steps.assign(tf.add(steps, 1));
        return { loss: value };
      },
    });
    const before = await learner.state();
    expect(new Set([...before.weights, ...before.slots].map(({ name }) => name)).size).toBe(
      before.weights.length + before.slots.length,
    );
    for (const iterations of [0, 1]) await learner.step(batchOf(8), { learningRate: 0.1, iterations });
    expect((await learner.state()).weights.find(({ name }) => name === 'steps')?.data[0]).toBe(2);
    await syncModel(teacher);
    expect(steps.dataSync()[0]).toBe(2);
    await learner.restore(before);
    expect(await learner.state()).toEqual(before);
    await learner.dispose();
    tf.dispose([steps, ...[model, teacher].flatMap(one => one.weights.map(weight => weight.read()))]);
  });

  itRuns('takes counts and truth values for numbers', async () => {
    const weight = tf.variable(tf.scalar(1));
    const updaters = createUpdater('sgd', [weight]);
    const learner = createCustomLearner({
      updaters,
      metrics: [accuracy, 'right'],
      compile,
      trainStep({ x }) {
        updaters.apply([tf.scalar(0)]);
        const right = tf.greaterEqual(tf.sum(x), 0);
        return { loss: tf.scalar(3, 'int32'), accuracy: tf.tensor1d([2, 4], 'int32'), right };
      },
    });
    const { loss, statistics } = await learner.step(batchOf(4), { learningRate: 1, iterations: 0 });
    expect([loss, ...statistics]).toEqual([3, 12, 4, 2, 4, 4, 4]);
    await learner.dispose();
    weight.dispose();
  });

  itRuns('predicts of several inputs', async () => {
    const weight = tf.variable(tf.scalar(2));
    const learner = createCustomLearner({
      updaters: createUpdater('sgd', [weight]),
      compile,
      trainStep: () => ({ loss: tf.clone(weight) as tf.Scalar }),
      predictStep: (x, { shift, factor = weight }) => tf.add(tf.mul(x, factor), shift),
    });
    const [x, shift] = [
      { data: Float32Array.of(1, 2), shape: [2, 1] },
      { data: Float32Array.of(10, 20), shape: [2, 1] },
    ];
    expect(Array.from((await learner.predict(x, { shift })).data)).toEqual([12, 24]);
    const three = { data: Float32Array.of(3, 3), shape: [2, 1] };
    // Of the same shapes in another order.
    expect(Array.from((await learner.predict(x, { factor: three, shift })).data)).toEqual([13, 26]);
    expect(Array.from((await learner.predict(x, { shift: three, factor: shift })).data)).toEqual([13, 43]);
    const short = { data: Float32Array.of(1), shape: [1, 1] };
    await expect(learner.predict(x, { shift: short })).rejects.toThrow("x has 2 rows, and the input 'shift' 1");
    await learner.dispose();
    weight.dispose();
  });
});

describe.each(shared)('predictStep (%s)', (_, compile) => {
  const itRuns = it.skipIf(compile && native === null);
  const values = (...data: number[]): HostArray => ({ data: Float32Array.from(data), shape: [data.length, 1] });

  async function predicting(
    predictStep: NonNullable<CustomSteps<never>['predictStep']>,
    work: (learner: Learner) => Promise<void>,
  ): Promise<void> {
    const weight = tf.variable(tf.scalar(2));
    const trainStep = () => ({ loss: tf.clone(weight) });
    const learner = createCustomLearner({
      updaters: createUpdater('sgd', [weight]),
      compile,
      trainStep,
      predictStep,
    });
    await work(learner);
    expect(learner.compiled).toBe(compile);
    await learner.dispose();
    weight.dispose();
  }

  itRuns('gives several outputs by name, of batches of any shape, one after the other', async () => {
    const twice = (x: tf.Tensor) => ({ double: tf.mul(x, 2), itself: x, sum: tf.sum(x, 1) });
    // In another order for batches of another shape.
    const turned = ({ double, itself, sum }: ReturnType<typeof twice>) => ({ sum, itself, double });
    await predicting(
      x => (x.shape[0] === 3 ? turned(twice(x)) : twice(x)),
      async learner => {
        for (const given of [[1, 2], [1, 2, 3], [5], [3, 4]]) {
          const { data, shape, aux } = await learner.predict(values(...given));
          expect([[...data], shape]).toEqual([given.map(value => 2 * value), [given.length, 1]]);
          expect(Object.keys(aux ?? {})).toEqual(['double', 'itself', 'sum']);
          expect(aux?.double.data).toBe(data);
          expect([...(aux?.itself.data ?? [])]).toEqual(given);
          expect([[...(aux?.sum.data ?? [])], aux?.sum.shape]).toEqual([given, [given.length]]);
        }
      },
    );
  });

  itRuns('names its outputs by what it is given', async () => {
    await predicting(
      (x, { shift }) => (shift === undefined ? x : { moved: tf.add(x, shift) }),
      async learner => {
        expect((await learner.predict(values(1))).aux).toBeUndefined();
        expect(Object.keys((await learner.predict(values(1), { shift: values(1) })).aux ?? {})).toEqual(['moved']);
        expect((await learner.predict(values(1, 2))).aux).toBeUndefined();
      },
    );
  });

  itRuns.each<[string, (x: tf.Tensor) => unknown]>([
    ['predictStep returned {}: it has to return a tensor, or tensors by name', () => ({})],
    ['predictStep must return a tensor, or tensors by name, at once; it returned undefined', () => undefined],
    ['predictStep must return a tensor, or tensors by name, at once; it returned Promise', async x => x],
    ['predictStep must return a tensor, or tensors by name, at once; it returned { a: 1 }', () => ({ a: 1 })],
    ['predictStep must return a tensor, or tensors by name, at once; it returned [ [Tensor] ]', x => [x]],
    ["predictStep returned 'a' of dtype string", () => ({ a: tf.tensor1d(['a']) })],
    ["predictStep returned 'output' of dtype complex64", x => tf.complex(x, x)],
    ["predictStep returned 'output', which is disposed", x => gone(tf.mul(x, 2))],
  ])('says so where it gives what it should not: %s', async (text, step) => {
    await predicting(step as never, async learner => {
      await expect(learner.predict(values(1))).rejects.toThrow(text);
    });
  });

  itRuns('is told to keep to its names', async () => {
    await predicting(
      x => ({ 1: { a: x }, 2: { a: x, b: x }, 3: x })[x.shape[0] as 1 | 2 | 3],
      async learner => {
        await learner.predict(values(1));
        await expect(learner.predict(values(1, 2))).rejects.toThrow('returned { a, b }, but { a } before');
        await expect(learner.predict(values(1, 2, 3))).rejects.toThrow('returned a tensor alone, but { a } before');
        expect((await learner.predict(values(7))).aux?.a.data[0]).toBe(7);
      },
    );
  });

  itRuns('may give what is not its own: it stays as it is', async () => {
    const [kept, shift] = [tf.tensor1d([1, 2]), tf.variable(tf.scalar(3))];
    await predicting(
      x => ({ kept, shift, x, again: x }),
      async learner => {
        for (const given of [[1], [1], [2, 3]]) {
          const { aux } = await learner.predict(values(...given));
          expect([...(aux?.kept.data ?? [])]).toEqual([1, 2]);
          expect([...(aux?.shift.data ?? [])]).toEqual([3]);
          expect([...(aux?.again.data ?? [])]).toEqual(given);
        }
      },
    );
    expect([kept.isDisposed, shift.isDisposed]).toEqual([false, false]);
    tf.dispose([kept, shift]);
  });
});

function gone<T extends tf.Tensor>(tensor: T): T {
  tensor.dispose();
  return tensor;
}

/** Two networks against each other, each with what trains it, in one step. */
function duel(compile: boolean): TrainOptions {
  return {
    learner() {
      const generator = sequential({
        layers: [layers.dense({ units: features, inputShape: [2], activation: 'sigmoid' })],
      });
      const critic = sequential({
        layers: [
          layers.dense({ units: 8, inputShape: [features], activation: 'tanh' }),
          layers.dropout({ rate: 0.2 }),
          layers.dense({ units: 1 }),
        ],
      });
      initializeWeights(generator, 1);
      initializeWeights(critic, 2);
      const [ofCritic, ofGenerator] = [critic, generator].map(model => createUpdater(adam(), model));
      return createCustomLearner({
        updaters: [ofCritic, ofGenerator],
        metrics: ['generator_loss'],
        compile,
        trainStep({ x }, { seed }) {
          const codes = tf.ones([x.shape[0], 2]);
          const made = () => applyModel(generator, codes, { training: true, seed }).output;
          const entropy = (y: 0 | 1, pictures: tf.Tensor) => {
            const logits = applyModel(critic, pictures, { training: true, seed }).output;
            return tf.losses.sigmoidCrossEntropy(tf.fill(logits.shape, y), logits) as tf.Scalar;
          };
          const critical = valueAndGradients(() => tf.add(entropy(1, x), entropy(0, made())), ofCritic.weights);
          ofCritic.apply(critical.gradients);
          const generated = valueAndGradients(() => entropy(1, made()), ofGenerator.weights);
          ofGenerator.apply(generated.gradients);
          return { loss: critical.value, generator_loss: generated.value };
        },
      });
    },
    data: { source, through: batch(8) },
    epochs: 3,
    seed: 2,
    snapshotEveryMs: 0,
  };
}

describe.skipIf(native === null)('createCustomLearner', () => {
  it('goes on eagerly, and says so, where a step looks at values', async () => {
    const model = classifier();
    const learner = byHand(model, true, loss => void loss.dataSync());
    const { warnings, loss } = await learner.step(batchOf(8), { learningRate: 0.01, iterations: 0 });
    expect(warnings?.map(({ code }) => code)).toEqual(['eager-fallback']);
    expect(loss).toBeGreaterThan(0);
    expect(learner.compiled).toBe(false);
    await learner.dispose();
    model.dispose();
  });
});

describe('createCustomLearner, given what it can do nothing with,', () => {
  const weight = (): tf.Variable => tf.variable(tf.scalar(1));
  type Options = Parameters<typeof createCustomLearner>[0];
  const learnerOf = (options: Partial<Options>): Learner =>
    createCustomLearner<string>({
      updaters: createUpdater('sgd', [weight()]),
      trainStep: () => ({ loss: tf.scalar(1) }),
      compile: false,
      ...options,
    });

  it.each<[string, Partial<Options>, new (...args: never[]) => Error]>([
    ["'updaters' has to be what createUpdater makes", { updaters: [] }, InvalidArgumentError],
    ["'updaters' has to be what createUpdater makes", { updaters: [{} as never] }, InvalidArgumentError],
    ["metric 'kl' comes twice", { metrics: ['kl', 'kl'] }, InvalidArgumentError],
    ["metric 'loss' comes twice", { metrics: ['loss'] }, InvalidArgumentError],
    ["metric 'learning_rate' comes twice in the logs", { metrics: ['learning_rate'] }, InvalidArgumentError],
    ["metric 'val_loss' comes twice in the logs", { metrics: ['val_loss'] }, InvalidArgumentError],
    ["'metrics' has to be a list, such as ['kl', auc()]; it is 'kl'", { metrics: 'kl' as never }, InvalidArgumentError],
    ["number 1 of 'metrics' is undefined", { metrics: ['kl', undefined as never] }, InvalidArgumentError],
    ["number 0 of 'metrics' is ''", { metrics: [''] }, InvalidArgumentError],
    ["number 0 of 'metrics' is [Function", { metrics: [categoricalAccuracy as never] }, InvalidArgumentError],
    ["'variables' has to be a list, such as [teacher]", { variables: weight() as never }, InvalidArgumentError],
    ["'trainStep' has to be a function; it is undefined", { trainStep: undefined as never }, InvalidArgumentError],
    ["'testStep' has to be a function; it is 3", { testStep: 3 as never }, InvalidArgumentError],
    ['number 1 of those given is neither', { variables: [weight(), tf.scalar(1) as never] }, InvalidArgumentError],
    ["Did you mean 'trainStep'", { trainstep: () => ({}) } as never, UnknownNameError],
  ])('says so at once: %s', (text, options, type) => {
    expect(() => learnerOf(options)).toThrow(text);
    expect(() => learnerOf(options)).toThrow(type);
  });

  it.each<[string, Partial<Options>]>([
    ["trainStep returned no 'kl'", { metrics: ['kl'] }],
    ["trainStep returned no 'loss'", { trainStep: () => ({}) as never }],
    [
      "trainStep returned 'kl', which no metric is called",
      { trainStep: () => ({ loss: tf.scalar(1), kl: tf.scalar(1) }) as never },
    ],
    ["trainStep returned 'loss' of shape [2]; it has to be a scalar", { trainStep: () => ({ loss: tf.zeros([2]) }) }],
    [
      "trainStep returned 'kl' of shape [1]; it has to be a scalar",
      { metrics: ['kl'], trainStep: () => ({ loss: tf.scalar(1), kl: tf.zeros([1]) }) },
    ],
    [
      "trainStep returned 'accuracy' of shape []; of this metric the statistics are wanted, [2]",
      { metrics: [accuracy], trainStep: () => ({ loss: tf.scalar(1), accuracy: tf.scalar(1) }) },
    ],
    [
      "trainStep returned 'loss' of dtype complex64; it has to be of float32, int32 or bool",
      { trainStep: () => ({ loss: tf.complex(1, 2) }) },
    ],
    ["trainStep returned 'loss', which is disposed", { trainStep: () => ({ loss: gone(tf.scalar(1)) }) }],
    ['trainStep must return tensors by name', { trainStep: (() => Promise.resolve({})) as never }],
  ])('says so at the first step: %s', async (text, options) => {
    const learner = learnerOf(options);
    await expect(learner.step(batchOf(4), { learningRate: 1, iterations: 0 })).rejects.toThrow(text);
    await learner.dispose();
  });

  it.skipIf(native === null)('refuses a compiled step that never uses an updater', async () => {
    const [used, idle] = [createUpdater('sgd', [weight()]), createUpdater('sgd', [weight()])];
    const trainStep = () => {
      used.apply([tf.scalar(1)]);
      return { loss: tf.scalar(1) };
    };
    const learner = learnerOf({ updaters: [used, idle], trainStep, compile: true });
    await expect(learner.step(batchOf(4), { learningRate: 1, iterations: 0 })).rejects.toThrow(
      "trainStep doesn't use number 1 of its updaters",
    );
    await learner.dispose();
  });

  it('says what is missing where it is to evaluate or predict', async () => {
    const learner = learnerOf({});
    await expect(learner.evaluate(batchOf(4))).rejects.toThrow('give createCustomLearner a testStep');
    await expect(learner.predict({ data: Float32Array.of(1), shape: [1] })).rejects.toThrow('a predictStep');
    await learner.dispose();
  });

  it('refuses validation data before the first step where there is no testStep, and frees what the run has made', async () => {
    const trainStep = vi.fn(() => ({ loss: tf.scalar(1) }));
    const weights = weight();
    const data = { source, through: batch(8) };
    const learner = () => createCustomLearner({ updaters: createUpdater('sgd', [weights]), trainStep, compile: false });
    const events: string[] = [];
    const run$ = train({ learner, data, validation: data, epochs: 1 }).pipe(tap(({ type }) => events.push(type)));
    const error: unknown = await expectNoLeaks(() => lastValueFrom(run$).catch(thrown => thrown));
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect(String(error)).toContain("'validation' was given, but the learner can't evaluate");
    expect(events).toEqual([]);
    expect(trainStep).not.toHaveBeenCalled();
    weights.dispose();
  });

  const itRuns = it.skipIf(native === null);
  itRuns.each(shared)('lets an updater of it update in its training steps alone (%s)', async (_, compile) => {
    const outside = 'Call it in that learner';
    const updater = createUpdater('sgd', [weight()]);
    const update = () => {
      updater.apply([tf.scalar(1)]);
      return { loss: tf.scalar(1) };
    };
    const learner = learnerOf({ updaters: updater, trainStep: update, testStep: update, compile });
    const options = { learningRate: 1, iterations: 0 };
    await learner.step(batchOf(4), options);
    expect((await learner.state()).weights[0].data[0]).toBe(0);
    expect(update).toThrow(outside);
    await expect(learner.evaluate(batchOf(4))).rejects.toThrow(outside);
    const other = learnerOf({ trainStep: update, compile });
    await expect(other.step(batchOf(4), options)).rejects.toThrow(outside);
    await other.dispose();
    updater.dispose();
    await expect(learner.step(batchOf(5), options)).rejects.toThrow('or what its optimizer keeps, were disposed');
    await learner.dispose();
  });

  it('refuses an updater or a model that another learner has, and leaves the model free where it fails', async () => {
    const model = classifier();
    const updaters = createUpdater('sgd', model);
    expect(() => learnerOf({ updaters, metrics: ['loss'] })).toThrow(InvalidArgumentError);
    const learner = learnerOf({ updaters });
    expect(() => learnerOf({ updaters })).toThrow('an updater belongs to the learner that it was given to first');
    expect(() => learnerOf({ updaters: createUpdater('sgd', model) })).toThrow(ModelInUseError);
    expect(() => learnerOf({ variables: [model] })).toThrow(ModelInUseError);
    await learner.dispose();
    expect(() => learnerOf({ updaters })).toThrow('an updater belongs');
    await learnerOf({ updaters: createUpdater('sgd', model) }).dispose();
    model.dispose();
  });
});
