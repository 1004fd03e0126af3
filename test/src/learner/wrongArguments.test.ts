import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { sampleOf } from '../../../operators/testing/samples.js';
import type { Batch } from '../../../src/data/batch.js';
import { InvalidArgumentError } from '../../../src/error/invalidArgumentError.js';
import { createLearner, type LearnerOptions } from '../../../src/learner/createLearner.js';
import { adam } from '../../../src/optimizer/adam.js';

const make = (options: object = {}) =>
  createLearner({
    model: sequential({ layers: [layers.dense({ units: 1, inputShape: [2] })] }),
    optimizer: 'sgd',
    loss: 'mse',
    ...options,
  } as LearnerOptions);

describe('what JavaScript may give in place of what is meant', () => {
  beforeAll(() => tf.setBackend('cpu'));

  it.each([
    ['an optimizer of tfjs', { optimizer: tf.train.sgd(0.1) }, /no optimizer of gradstream/],
    [
      'a metric that is in no list',
      { metrics: 'mae' },
      /metrics must be a list, such as \['mae'\]; it was given "mae"/,
    ],
    ['no model', { model: undefined }, /'model' must be a tf\.LayersModel/],
    ['a promise of a model', { model: Promise.resolve() }, /'model' must be a tf\.LayersModel/],
    [
      'what a file has given',
      { model: { model: sequential(), warnings: [] } },
      /such as .* or \(await loadModel\('model\.keras'\)\)\.model/,
    ],
    ['class names with weights', { classWeight: { cat: 2 } }, /'cat' is no class number/],
  ])('refuses %s', (_, options, message) => {
    expect(() => make(options)).toThrow(message);
    expect(() => make(options)).toThrow(InvalidArgumentError);
  });

  it('refuses a number in place of options', () => {
    expect(() => adam(0.1 as never)).toThrow(/adam takes its options by name, such as { learningRate: … }.* 0\.1/);
  });

  it.each([
    ['a tensor', tf.tensor2d([[1, 2]])],
    ['rows', [[1, 2]]],
    ['plain numbers', { data: [1, 2], shape: [1, 2] }],
    ['nothing', undefined],
  ])('predicts nothing of %s', async (_, x) => {
    const learner = make();
    await expect(learner.predict(x as never)).rejects.toThrow(/inputs must be { data, shape }/);
    await learner.dispose();
  });

  it('takes no sample for a batch', async () => {
    const learner = make();
    const sample = sampleOf() as unknown as Batch;
    await expect(learner.evaluate(sample)).rejects.toThrow(/put batch\(32\) at the end of 'through'/);
    await expect(learner.step(sample, { learningRate: 0.1, iterations: 0 })).rejects.toThrow(/this is none/);
    await learner.dispose();
  });
});
