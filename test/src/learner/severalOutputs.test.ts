import * as tf from '@tensorflow/tfjs-core';
import { input, layers, model as modelOf, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { firstValueFrom, lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { batch } from '../../../operators/batch.js';
import { history } from '../../../operators/history.js';
import { expectNoLeaks } from '../../../operators/testing/expectNoLeaks.js';
import { sampleOf } from '../../../operators/testing/samples.js';
import { evaluate } from '../../../pipelines/evaluate.js';
import { predict } from '../../../pipelines/predict.js';
import { train } from '../../../pipelines/train.js';
import type { HostArray } from '../../../src/array/hostArray.js';
import { exampleOf } from '../../../src/data/exampleOf.js';
import { fromArrays } from '../../../src/data/fromArrays.js';
import { fromStream } from '../../../src/data/fromStream.js';
import type { ArraySource, Source } from '../../../src/data/source.js';
import { InvalidArgumentError } from '../../../src/error/invalidArgumentError.js';
import { UnknownNameError } from '../../../src/error/unknownNameError.js';
import { createLearner, type LearnerOptions } from '../../../src/learner/createLearner.js';
import { LabelMismatchError } from '../../../src/learner/labels.js';
import type { Learner } from '../../../src/learner/learner.js';
import { sgd } from '../../../src/optimizer/sgd.js';
import { nativeOrNull } from '../../helpers/native.js';
import { twoHeads, twoHeadsSource } from '../../helpers/twoHeads.js';

const native = await nativeOrNull();

const OPTIONS = {
  optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }),
  loss: { cls: 'sparse_categorical_crossentropy', box: 'mse' },
  lossWeights: { box: 0.5 },
  metrics: { cls: ['accuracy'], box: ['mae'] },
  weightedMetrics: { box: ['mse'] },
} as const;

/** Of Keras 3.15: `fit(batch_size=4, epochs=2, shuffle=False, sample_weight=[w, w])` with the same weights and data, then `evaluate`. */
const KERAS = {
  loss: [1.7291998, 1.4630715],
  cls_loss: [1.4136205, 1.2277313],
  box_loss: [0.5878829, 0.4331869],
  cls_accuracy: [0.125, 0.125],
  box_mae: [0.7579045, 0.6363098],
  box_mse: [0.6270751, 0.462066],
};
const KERAS_EVALUATE = {
  loss: 1.2973995,
  cls_loss: 1.0950553,
  box_loss: 0.37177,
  cls_accuracy: 0.25,
  box_mae: 0.523699,
  box_mse: 0.37177,
};
const KERAS_PREDICT = {
  cls: [0.385638, 0.252844, 0.361518, 0.295788, 0.226292, 0.477919],
  box: [0.625291, -0.057343, -0.107781, -0.297988],
};

/** The same examples, one by one. */
const streamOf = (source: ArraySource): Source =>
  fromStream(() => Array.from({ length: source.size }, (_, row) => exampleOf(sampleOf({ source, row }))), {
    inputShape: source.inputShape,
  });

const unweighted = ({ sampleWeight: _, ...source }: ArraySource): ArraySource => source;

const firstRows = ({ data, shape: [, columns] }: HostArray, rows: number): HostArray => ({
  data: data.slice(0, rows * columns),
  shape: [rows, columns],
});

describe.each([
  ['eager', { compile: false }, (source: ArraySource): Source => source],
  ['compiled', {}, (source: ArraySource): Source => source],
  ['compiled, in two shards', { shards: 2 }, (source: ArraySource): Source => source],
  ['eager, of a stream', { compile: false }, streamOf],
  ['compiled, of a stream', {}, streamOf],
])('a model with two inputs and two outputs (%s)', (how, options, sourceOf) => {
  it.skipIf(how.startsWith('compiled') && native === null)('trains, evaluates and predicts as Keras does', async () => {
    await expectNoLeaks(async () => {
      const model = twoHeads();
      const learner = createLearner({ model, ...OPTIONS, ...options });
      const source = twoHeadsSource();
      const data = { source: sourceOf(source), through: batch(4) };
      const run$ = train({ learner, data: { ...data, shuffle: false }, epochs: 2, seed: 1 });
      const { history: logs } = await lastValueFrom(run$.pipe(history()));
      for (const [name, values] of Object.entries(KERAS)) {
        for (const [epoch, value] of values.entries()) expect(logs[name][epoch], name).toBeCloseTo(value, 5);
      }
      const all = { source: sourceOf(unweighted(source)), through: batch(3) };
      const evaluated = await firstValueFrom(evaluate({ learner, data: all }));
      expect(Object.keys(evaluated)).toEqual(Object.keys(KERAS_EVALUATE));
      for (const [name, value] of Object.entries(KERAS_EVALUATE)) expect(evaluated[name], name).toBeCloseTo(value, 5);
      const b = source.aux?.inputs?.b as HostArray;
      const cls = await learner.predict(firstRows(source.x, 2), { b: firstRows(b, 2) });
      expect(Object.keys(cls.aux ?? {})).toEqual(['box']);
      expect(cls.shape).toEqual([2, 3]);
      const box = cls.aux?.box as HostArray;
      for (const [i, value] of KERAS_PREDICT.cls.entries()) expect(cls.data[i]).toBeCloseTo(value, 5);
      for (const [i, value] of KERAS_PREDICT.box.entries()) expect(box.data[i]).toBeCloseTo(value, 5);
      const { output } = await firstValueFrom(predict({ learner, data: all }));
      for (const [i, value] of KERAS_PREDICT.box.entries()) expect(output.aux?.box.data[i]).toBeCloseTo(value, 5);
      expect(learner.compiled).toBe(how.startsWith('compiled'));
      await learner.dispose();
      model.dispose();
    });
  });
});

describe('outputs without a loss', () => {
  it('are not trained, need no targets, and are predicted', async () => {
    const model = twoHeads();
    const learner = createLearner({ model, optimizer: 'sgd', loss: { box: 'mse' }, compile: false });
    const { x, aux } = twoHeadsSource();
    const source = fromArrays({ x, y: new Float32Array(8), ...(aux && { aux }) });
    expect(learner.metrics.map(({ name }) => name)).toEqual(['loss']);
    const before = model.getLayer('cls').getWeights()[1].dataSync().slice();
    const run$ = train({ learner, data: { source, through: batch(8) }, epochs: 1, seed: 1 });
    const { history: logs } = await lastValueFrom(run$.pipe(history()));
    expect(logs.loss[0]).toBeGreaterThan(0);
    // By way of the softmax that `box` sees.
    expect(model.getLayer('cls').getWeights()[1].dataSync()).not.toEqual(before);
    await learner.dispose();
    model.dispose();
  });
});

describe('outputs whose loss is null', () => {
  it('are not trained either, as in Keras', async () => {
    const model = twoHeads();
    const loss = { cls: null as never, box: 'mse' } as const;
    const learner = createLearner({ model, optimizer: 'sgd', loss, metrics: { cls: null as never }, compile: false });
    expect(learner.metrics.map(({ name }) => name)).toEqual(['loss']);
    await learner.dispose();
    model.dispose();
  });
});

describe('one loss for several outputs', () => {
  it('is that of each, and one may be multiplied', async () => {
    const lossesOf = async (options: Pick<LearnerOptions, 'lossWeights'>) => {
      const model = twoHeads();
      const learner = createLearner({ model, optimizer: 'sgd', loss: 'mse', compile: false, ...options });
      const data = { source: unweighted(twoHeadsSource()), through: batch(8) };
      const logs = await firstValueFrom(evaluate({ learner, data }));
      await learner.dispose();
      model.dispose();
      return logs;
    };
    const plain = await lossesOf({});
    const weighted = await lossesOf({ lossWeights: { cls: 3, box: 0 } });
    expect(weighted.cls_loss).toBe(plain.cls_loss);
    expect(weighted.loss - plain.loss).toBeCloseTo(2 * plain.cls_loss - plain.box_loss, 5);
  });
});

describe('what is wrong with several inputs and outputs', () => {
  const refused = (options: Partial<LearnerOptions>): unknown => {
    const model = twoHeads();
    try {
      return createLearner({ model, ...OPTIONS, ...options });
    } catch (error) {
      return error;
    } finally {
      model.dispose();
    }
  };

  it.each<[string, Partial<LearnerOptions>, abstract new (...args: never[]) => Error, string]>([
    ['a loss', { loss: { cls: 'mse', bbox: 'mse' } }, UnknownNameError, "'bbox'. Did you mean 'box'?"],
    ['no loss', { loss: {} }, InvalidArgumentError, 'Name one or more'],
    ['no loss at all', { loss: undefined as never }, InvalidArgumentError, 'Name one or more'],
    ['a list of losses', { loss: ['mse', 'mse'] as never }, InvalidArgumentError, 'loss: { cls: … }'],
    ['one weight', { lossWeights: 2 as never }, InvalidArgumentError, 'lossWeights: { cls: … }'],
    ['a metric that is no list', { metrics: { cls: 'mae' as never } }, InvalidArgumentError, 'metrics: { cls: […] }'],
    [
      'a metric of a file',
      { metrics: { cls: [{ class_name: 'AUC' } as never] } },
      InvalidArgumentError,
      'is no metric',
    ],
    ['a list of metrics', { metrics: ['mae'] }, InvalidArgumentError, 'metrics: { cls: […] }'],
    ['an unknown metric', { metrics: { box: ['maee'] } }, UnknownNameError, "metric 'maee'"],
    ['metrics without a loss', { loss: { cls: 'mse' }, lossWeights: {} }, InvalidArgumentError, "'box' of the model"],
    ['a weight', { lossWeights: { box: Number.NaN } }, InvalidArgumentError, 'the weight NaN'],
    ['classWeight', { classWeight: { 0: 2 } }, InvalidArgumentError, 'classWeight is for one output'],
  ])('%s that can’t be meant', (_what, options, type, message) => {
    const error = refused(options);
    expect(error).toBeInstanceOf(type);
    expect(String(error)).toContain(message);
  });

  it('two outputs of one layer', () => {
    const a = input({ shape: [2] });
    const shared = layers.dense({ units: 1, name: 'shared' });
    const outputs = [a, input({ shape: [2] })].map(x => shared.apply(x) as SymbolicTensor);
    const model = modelOf({ inputs: outputs.map(output => output.inputs[0]), outputs });
    expect(() => createLearner({ model, optimizer: 'sgd', loss: 'mse' })).toThrow("two outputs of the layer 'shared'");
  });

  it.each<[string, Partial<LearnerOptions>]>([
    ['val', {}],
    ['val_box', {}],
    ['box_binary', { metrics: { box: ['binary_accuracy'], box_binary: ['accuracy'] } }],
  ])('an output ‘%s’ whose logs would have the names of others', (name, options) => {
    const x = input({ shape: [2] });
    const outputs = ['box', name].map(name => layers.dense({ units: 1, name }).apply(x) as SymbolicTensor);
    const model = modelOf({ inputs: x, outputs });
    expect(() => createLearner({ model, optimizer: 'sgd', loss: 'mse', ...options })).toThrow('two of the name');
    model.dispose();
  });

  const step = async (change: (source: ArraySource) => ArraySource): Promise<unknown> => {
    const model = twoHeads();
    const learner = createLearner({ model, ...OPTIONS, compile: false });
    const data = { source: change(twoHeadsSource()), through: batch(4) };
    return lastValueFrom(train({ learner, data, epochs: 1 }))
      .catch((error: unknown) => error)
      .finally(async () => {
        await learner.dispose();
        model.dispose();
      });
  };
  const array = (columns: number): HostArray => ({ data: new Float32Array(8 * columns), shape: [8, columns] });

  it.each<[string, (source: ArraySource) => ArraySource, abstract new (...args: never[]) => Error, string]>([
    ['no second input', ({ aux: _, ...source }) => source, InvalidArgumentError, "'pairs' come without 'b'"],
    [
      'another input',
      source => ({ ...source, aux: { ...source.aux, inputs: { b: array(2), c: array(2) } } }),
      UnknownNameError,
      "beside 'a' 'c'",
    ],
    [
      'an input of another shape',
      source => ({ ...source, aux: { ...source.aux, inputs: { b: array(3) } } }),
      InvalidArgumentError,
      "shape [3], but the input 'b' of the model",
    ],
    [
      'no second target',
      ({ aux, ...source }) => ({ ...source, aux: { inputs: aux?.inputs ?? {} } }),
      InvalidArgumentError,
      'aux.targets.box',
    ],
    [
      'another target',
      source => ({ ...source, aux: { ...source.aux, targets: { box: array(2), bax: array(2) } } }),
      UnknownNameError,
      "'bax'. Did you mean 'box'?",
    ],
    [
      'a target of another shape',
      source => ({ ...source, aux: { ...source.aux, targets: { box: array(3) } } }),
      LabelMismatchError,
      "'pairs, aux.targets.box' have shape [3]",
    ],
  ])('%s', async (_what, change, type, message) => {
    const error = await step(change);
    expect(error).toBeInstanceOf(type);
    expect(String(error)).toContain(message);
  });

  it('inputs to predict of which there are not equally many, or too few values', async () => {
    const model = twoHeads();
    const learner: Learner = createLearner({ model, ...OPTIONS, compile: false });
    const x = { data: new Float32Array(6), shape: [2, 3] };
    const b = (rows: number, values = 2 * rows) => ({ b: { data: new Float32Array(values), shape: [rows, 2] } });
    await expect(learner.predict(x)).rejects.toThrow("come without 'b'");
    await expect(learner.predict(x, b(3))).rejects.toThrow("x has 2 rows, and the input 'b' 3");
    await expect(learner.predict(x, b(2, 3))).rejects.toThrow('3 values, but their shape [2,2] says 4');
    await learner.dispose();
    model.dispose();
    tf.disposeVariables();
  });
});

describe('layers with names that every object has', () => {
  const source = fromArrays({
    x: { data: new Float32Array(4), shape: [2, 2] },
    y: [0, 1],
    aux: {
      inputs: { b: { data: Float32Array.of(1, 2), shape: [2, 1] } },
      targets: { isPrototypeOf: { data: Float32Array.of(1, 2), shape: [2, 1] } },
    },
  });

  function namesakes(second = 'b') {
    const inputs = [input({ shape: [2], name: 'a' }), input({ shape: [1], name: second })];
    const joined = layers.concatenate().apply(inputs);
    const outputs = ['constructor', 'isPrototypeOf', 'hasOwnProperty'].map(
      name => layers.dense({ units: 1, name }).apply(joined) as SymbolicTensor,
    );
    return modelOf({ inputs, outputs });
  }

  it.each([
    ['arrays', source],
    ['a stream', streamOf(source)],
  ])('are trained by %s', async (_what, given) => {
    const model = namesakes();
    const loss = { isPrototypeOf: 'mse', constructor: 'mse' } as const;
    const learner = createLearner({ model, optimizer: 'sgd', loss, compile: false });
    expect(learner.metrics.map(({ name }) => name)).toEqual(['loss', 'constructor_loss', 'isPrototypeOf_loss']);
    const run$ = train({ learner, data: { source: given, through: batch(2) }, epochs: 1, seed: 1 });
    const { history: logs } = await lastValueFrom(run$.pipe(history()));
    expect(logs.constructor_loss[0] + logs.isPrototypeOf_loss[0]).toBeCloseTo(logs.loss[0], 5);
    await learner.dispose();
    model.dispose();
  });

  it('are missed where nothing is given for them', async () => {
    const model = namesakes('toString');
    const learner = createLearner({ model, optimizer: 'sgd', loss: 'mse', compile: false });
    const x = { data: new Float32Array(4), shape: [2, 2] };
    await expect(learner.predict(x, {})).rejects.toThrow("come without 'toString'");
    const b = { data: new Float32Array(2), shape: [2, 1] };
    const y = { data: new Float32Array(2), shape: [2] };
    const cursor = { epoch: 0, position: 2 };
    const aux = { inputs: { toString: b }, targets: {} };
    const evaluated = learner.evaluate({ kind: 'values', x, y, aux, size: 2, epoch: 0, seed: 1, cursor });
    await expect(evaluated).rejects.toThrow('aux.targets.isPrototypeOf');
    await learner.dispose();
    model.dispose();
  });
});
