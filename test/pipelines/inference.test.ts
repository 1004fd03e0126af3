import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import {
  defer,
  filter,
  firstValueFrom,
  from,
  lastValueFrom,
  map,
  mergeMap,
  type Observable,
  take,
  toArray,
} from 'rxjs';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { batch } from '../../operators/batch.js';
import { fakeLearner } from '../../operators/testing/fakeLearner.js';
import { arraySource, indexedSource, streamSource } from '../../operators/testing/sources.js';
import { evaluate, evaluateStatistics } from '../../pipelines/evaluate.js';
import type { InferenceOptions } from '../../pipelines/onePass.js';
import { type PredictOptions, predict } from '../../pipelines/predict.js';
import { train } from '../../pipelines/train.js';
import type { Batch } from '../../src/data/batch.js';
import { fromArrays } from '../../src/data/fromArrays.js';
import { DataExhaustedError } from '../../src/error/dataExhaustedError.js';
import type { EpochEnd } from '../../src/event/trainEvent.js';
import { createCustomLearner } from '../../src/learner/createCustomLearner.js';
import { createLearner } from '../../src/learner/createLearner.js';
import { ModelInUseError } from '../../src/learner/ownModel.js';
import { createUpdater } from '../../src/learner/updater.js';
import { confusionMatrix } from '../../src/metrics/confusionMatrix.js';
import { initializeWeights } from '../../src/model/initializeWeights.js';
import { nativeOrNull } from '../helpers/native.js';

const native = await nativeOrNull();
if (native === null) await tf.setBackend('cpu');
afterAll(() => tf.setBackend('cpu'));

const bytes = Uint8Array.from({ length: 20 * 3 }, (_, i) => (i * 7) % 256);
/** Stored as bytes, and scaled on the way to the network. */
const pictures = fromArrays({
  x: { data: bytes, shape: [20, 3] },
  y: Int32Array.from({ length: 20 }, (_, i) => i % 2),
  scaling: { scale: 1 / 255 },
});

const smallModel = () => sequential({ layers: [layers.dense({ inputShape: [3], units: 2, activation: 'softmax' })] });

function smallLearner() {
  const model = smallModel();
  initializeWeights(model, 3);
  const loss = 'sparse_categorical_crossentropy';
  return { model, learner: createLearner({ model, optimizer: 'sgd', loss, metrics: ['accuracy'] }) };
}

describe('evaluate', () => {
  it('tells what the validation of a run tells', async () => {
    const { learner } = smallLearner();
    const data = { source: pictures, through: batch(8) };
    const ends$ = train({ learner, data, validation: data, epochs: 1, seed: 1 });
    const { logs } = (await lastValueFrom(ends$.pipe(takeEnds(), toArray())))[0];
    const found = await firstValueFrom(evaluate({ learner, data }));
    expect(found).toEqual({ loss: logs.val_loss, accuracy: logs.val_accuracy });
    expect(Object.isFrozen(found)).toBe(true);
    await learner.dispose();
  });

  it('counts examples, not batches', async () => {
    const { learner } = smallLearner();
    const of = (size: number) =>
      firstValueFrom(evaluate({ learner, data: { source: pictures, through: batch(size) } }));
    const [whole, uneven] = [await of(20), await of(7)];
    expect(uneven.loss).toBeCloseTo(whole.loss, 5);
    expect(uneven.accuracy).toBe(whole.accuracy);
    await learner.dispose();
  });

  it.each([
    ['arrays', arraySource({ size: 10 })],
    ['rows that are read', indexedSource({ size: 10 })],
    ['a stream', streamSource({ size: 10 })],
  ])('goes through %s once, in order, for each subscription', async (_, source) => {
    const learner = fakeLearner();
    const loss$ = evaluate({ learner, data: { source, through: batch(4) } });
    expect(await firstValueFrom(loss$)).toEqual(await firstValueFrom(loss$));
    const sizes = learner.calls.flatMap(call => (call.method === 'evaluate' ? [call.batch.size] : []));
    expect(sizes).toEqual([4, 4, 2, 4, 4, 2]);
  });
});

it('evaluateStatistics sums what metrics are made of', async () => {
  const { model, learner } = smallLearner();
  await learner.dispose();
  const confusion = confusionMatrix({ classes: 2 });
  const loss = 'sparse_categorical_crossentropy';
  const options = { model, optimizer: 'sgd', loss, metrics: [confusion, 'accuracy'] } as const;
  const given = { learner: () => createLearner(options), data: { source: pictures, through: batch(8) } };
  const sums = await firstValueFrom(evaluateStatistics(given));
  const { loss: mean, accuracy } = await firstValueFrom(evaluate(given));
  expect(Object.keys(sums)).toEqual(['loss', 'confusion_matrix', 'accuracy']);
  expect(sums.loss[0] / sums.loss[1]).toBe(mean);
  const [first, second] = confusion.matrix(sums.confusion_matrix);
  expect([first[0] + first[1], second[0] + second[1]]).toEqual([10, 10]);
  expect((first[0] + second[1]) / 20).toBe(accuracy);
});

it('evaluate says on standard error what the learner warns of', async () => {
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const fake = fakeLearner();
  const learner = Object.assign(Object.create(fake), {
    evaluate: async (batch: Batch) => ({ ...(await fake.evaluate(batch)), warnings: [{ code: 'x', message: 'slow' }] }),
  });
  await firstValueFrom(evaluate({ learner, data: { source: arraySource({ size: 2 }), through: batch(2) } }));
  expect(stderr.mock.calls).toEqual([['gradstream: evaluate: slow\n']]);
  stderr.mockRestore();
});

describe('predict', () => {
  it('gives what the model gives, of scaled inputs, batch by batch', async () => {
    const { model, learner } = smallLearner();
    const predictions = await lastValueFrom(
      predict({ learner, data: { source: pictures, through: batch(8) } }).pipe(toArray()),
    );
    expect(predictions.map(({ output }) => output.shape)).toEqual([
      [8, 2],
      [8, 2],
      [4, 2],
    ]);
    const found = predictions.flatMap(({ output }) => [...output.data]);
    const x = tf.tensor2d(
      Float32Array.from(bytes, value => value / 255),
      [20, 3],
    );
    const expected = (model.predict(x) as tf.Tensor).dataSync();
    for (const [i, value] of found.entries()) expect(value).toBeCloseTo(expected[i], 5);
    await learner.dispose();
  });

  it('takes a model that no learner has, and leaves it as it was', async () => {
    const { model, learner } = smallLearner();
    const data = { source: pictures, through: batch(8) };
    const outputs = (options: PredictOptions) =>
      lastValueFrom(
        predict(options).pipe(
          map(({ output }) => [...output.data]),
          toArray(),
        ),
      );
    await expect(outputs({ model, data })).rejects.toThrow(ModelInUseError);
    const expected = await outputs({ learner, data });
    await learner.dispose();
    const tensors = tf.memory().numTensors;
    const outputs$ = defer(() => outputs({ model, data }));
    expect([await firstValueFrom(outputs$), await firstValueFrom(outputs$)]).toEqual([expected, expected]);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it("gives all outputs of a custom learner's step by name, of the last, smaller batch too", async () => {
    const weight = tf.variable(tf.scalar(2));
    const learner = createCustomLearner({
      updaters: createUpdater('sgd', [weight]),
      trainStep: () => ({ loss: tf.clone(weight) }),
      predictStep: x => ({ scaled: tf.mul(x, weight), sums: tf.sum(x, 1) }),
    });
    const data = { source: pictures, through: batch(8) };
    const predictions = await lastValueFrom(predict({ learner, data }).pipe(toArray()));
    const shapes = predictions.map(({ output: { shape, aux = {} } }) => [
      shape,
      ...Object.entries(aux).map(([name, array]) => `${name} ${array.shape}`),
    ]);
    const of = (rows: number) => [[rows, 3], `scaled ${rows},3`, `sums ${rows}`];
    expect(shapes).toEqual([of(8), of(8), of(4)]);
    await learner.dispose();
    weight.dispose();
  });

  it.skipIf(native === null)(
    'says once on standard error what the learner warns of, and leaves it to a run to tell',
    async () => {
      await tf.setBackend('tensorflow');
      const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
      const weight = tf.variable(tf.scalar(2));
      const learner = createCustomLearner({
        updaters: createUpdater('sgd', [weight]),
        trainStep: () => ({ loss: tf.clone(weight) }),
        predictStep(x) {
          x.dataSync();
          return x;
        },
      });
      const data = { source: pictures, through: batch(8) };
      await lastValueFrom(predict({ learner, data }));
      const told = expect.stringMatching(/^gradstream: predict: This step can't be compiled.*inference\.test\.ts/);
      expect(stderr.mock.calls).toEqual([[told]]);
      const warnings$ = train({ learner, data, epochs: 1, seed: 1 }).pipe(filter(({ type }) => type === 'warning'));
      expect(await lastValueFrom(warnings$.pipe(toArray()))).toMatchObject([{ code: 'eager-fallback' }]);
      await lastValueFrom(predict({ learner, data }));
      expect(stderr.mock.calls).toHaveLength(1);
      stderr.mockRestore();
      await learner.dispose();
      weight.dispose();
    },
  );

  it('refuses a learner beside a model, and what is no model', async () => {
    const data = { source: pictures, through: batch(8) };
    const both = { learner: fakeLearner(), model: smallModel(), data };
    expect(() => predict(both)).toThrow("takes 'learner' or 'model', and both were given");
    const loaded = { model: smallModel() };
    await expect(lastValueFrom(predict({ model: loaded as never, data }))).rejects.toThrow(
      "'model' must be a tf.LayersModel",
    );
    await expect(lastValueFrom(predict({ model: undefined as never, data }))).rejects.toThrow('it is undefined');
  });

  it('may be subscribed in the middle of a run with the same learner', async () => {
    const learner = fakeLearner();
    const data = { source: arraySource({ size: 10 }), through: batch(5) };
    const outputs$ = train({ learner, data, epochs: 2, seed: 1 }).pipe(
      takeEnds(),
      mergeMap(() => predict({ learner, data })),
      map(({ output }) => output.shape),
      toArray(),
    );
    expect(await lastValueFrom(outputs$)).toEqual(new Array(4).fill([5, 1]));
  });
});

describe.each<[string, (options: InferenceOptions) => Observable<unknown>]>([
  ['evaluate', evaluate],
  ['evaluateStatistics', evaluateStatistics],
  ['predict', predict],
])('%s', (_, infer) => {
  const data = { source: arraySource({ size: 10 }), through: batch(4) };

  it('disposes of a learner that it made, and of no other', async () => {
    const [made, given] = [fakeLearner(), fakeLearner()];
    await lastValueFrom(infer({ learner: () => made, data }));
    await lastValueFrom(infer({ learner: Promise.resolve(given), data }));
    expect([made.disposed, given.disposed]).toEqual([true, false]);
  });

  it('does nothing before it is subscribed, and ends after the running batch where that is broken off', async () => {
    const learner = fakeLearner({ delay: 20 });
    const result$ = infer({ learner: () => learner, data });
    expect(learner.calls).toEqual([]);
    const subscription = result$.subscribe();
    await expect.poll(() => learner.calls.length, { interval: 1 }).toBe(1);
    subscription.unsubscribe();
    await expect.poll(() => learner.disposed).toBe(true);
    expect(learner.calls).toHaveLength(2);
  });

  it('ends where enough has been taken', async () => {
    const learner = fakeLearner();
    await lastValueFrom(infer({ learner: () => learner, data }).pipe(take(1)));
    await expect.poll(() => learner.disposed).toBe(true);
  });

  it.each<[string, object]>([
    ['undefined', {}],
    ['undefined', { learner: () => undefined }],
    ['Sequential', { learner: smallModel() }],
    ['Sequential', { learner: Promise.resolve(smallModel()) }],
  ])('says what a learner is where it is none: %s', async (given, options) => {
    const ended = lastValueFrom(defer(() => infer({ ...options, data } as InferenceOptions)));
    await expect(ended).rejects.toThrow(`'learner' has to be what createLearner or createCustomLearner makes`);
    await expect(ended).rejects.toThrow(`it is ${given}. Of a model make createLearner(`);
  });

  it('names an option that is misspelt', async () => {
    const ended = lastValueFrom(defer(() => infer({ lerner: fakeLearner(), data } as never)));
    await expect(ended).rejects.toThrow("Did you mean 'learner'?");
  });

  it('says what data consist of where there is a source alone', async () => {
    const subscribed = lastValueFrom(defer(() => infer({ learner: fakeLearner(), data: arraySource() as never })));
    await expect(subscribed).rejects.toThrow(/data must be { source, through }/);
  });

  it('says where there is no batch', async () => {
    const nothing = { source: arraySource({ size: 3 }), through: batch(4, { remainder: 'drop' }) };
    await expect(lastValueFrom(infer({ learner: fakeLearner(), data: nothing }))).rejects.toThrow(DataExhaustedError);
    await expect(lastValueFrom(infer({ learner: fakeLearner(), data: nothing }))).rejects.toThrow(/gave no batch/);
  });

  it.each([
    ['the source', { source: () => Promise.reject(new Error('broken')), through: batch(4) }],
    ['an operator', { source: arraySource({ size: 10 }), through: failing }],
  ])('passes on an error of %s, and disposes of its learner', async (_, broken) => {
    const learner = fakeLearner();
    await expect(lastValueFrom(infer({ learner: () => learner, data: broken }))).rejects.toThrow('broken');
    expect(learner.disposed).toBe(true);
  });

  it('passes on an error of the learner', async () => {
    const learner = fakeLearner();
    await learner.dispose();
    await expect(lastValueFrom(infer({ learner, data }))).rejects.toThrow(/after dispose/);
  });
});

function takeEnds() {
  return mergeMap((event: { readonly type: string }) => (event.type === 'epochEnd' ? from([event as EpochEnd]) : []));
}

function failing(): never {
  throw new Error('broken');
}
