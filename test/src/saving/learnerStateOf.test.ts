import { join } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Batch } from '../../../src/data/batch.js';
import { createLearner } from '../../../src/learner/createLearner.js';
import { adadelta } from '../../../src/optimizer/adadelta.js';
import { adagrad } from '../../../src/optimizer/adagrad.js';
import { adam } from '../../../src/optimizer/adam.js';
import { adamax } from '../../../src/optimizer/adamax.js';
import { lion } from '../../../src/optimizer/lion.js';
import { nadam } from '../../../src/optimizer/nadam.js';
import type { Optimizer } from '../../../src/optimizer/optimizer.js';
import { optimizerFromConfig } from '../../../src/optimizer/optimizerFromConfig.js';
import { rmsprop } from '../../../src/optimizer/rmsprop.js';
import { sgd } from '../../../src/optimizer/sgd.js';
import { optimizerConfigOf } from '../../../src/saving/keras/optimizerConfigOf.js';
import { learnerStateOf } from '../../../src/saving/learnerStateOf.js';
import { loadModel } from '../../../src/saving/loadModel.js';
import { saveModel } from '../../../src/saving/saveModel.js';
import { inverseTimeDecay } from '../../../src/schedule/inverseTimeDecay.js';
import { temporaryFolder } from '../file/temporaryFolder.js';

beforeAll(() => tf.setBackend('cpu'));

/** Those that keep most, in each their own order of slots. */
const optimizers: readonly (readonly [string, Optimizer])[] = [
  ['SGD', sgd({ learningRate: 0.1, momentum: 0.9 })],
  [
    'SGD without slots',
    sgd({ learningRate: inverseTimeDecay({ initialLearningRate: 0.1, decaySteps: 2, decayRate: 1 }) }),
  ],
  ['RMSprop', rmsprop({ momentum: 0.5, centered: true })],
  ['Adam', adam({ amsgrad: true })],
  ['Adam with averages', adam({ useEma: true })],
  ['Nadam', nadam()],
  ['Adamax', adamax()],
  ['Adagrad', adagrad()],
  ['Adadelta', adadelta()],
  ['Lion', lion()],
];

/** Weights of one shape, so that nothing but its order tells a slot from another. */
const mlp = (): LayersModel =>
  sequential({ layers: [layers.dense({ units: 3, inputShape: [3] }), layers.dense({ units: 3 })] });

const batch = (index: number): Batch => ({
  kind: 'values',
  x: { data: Float32Array.of(1, 2, 3, 4, index, -1), shape: [2, 3] },
  y: { data: Float32Array.of(0, 1, 0, index, 0.5, 1), shape: [2, 3] },
  ...{ epoch: 0, size: 2, seed: 1, cursor: { epoch: 0, position: 2 } },
});

describe('learnerStateOf', () => {
  it.each(optimizers)('lets a learner go on from a file as if it had never stopped: %s', async (_, optimizer) => {
    const model = mlp();
    const learner = createLearner({ model, optimizer, loss: 'mse' });
    const step = (iterations: number) => ({ iterations, learningRate: learner.learningRate(iterations) });
    for (let i = 0; i < 3; i++) await learner.step(batch(i), step(i));
    const file = join(temporaryFolder(), 'model.keras');
    const learnerState = await learner.state();
    await saveModel(model, file, { learnerState, iterations: 3, loss: 'mse', optimizer: optimizerConfigOf(optimizer) });
    await learner.step(batch(3), step(3));

    const loaded = await loadModel(file);
    const { className, parameters } = loaded.training?.optimizer ?? { className: '', parameters: {} };
    const other = createLearner({
      model: loaded.model,
      optimizer: optimizerFromConfig(className, parameters),
      loss: 'mse',
    });
    expect(loaded.optimizerState?.iterations).toBe(3);
    await other.restore(await learnerStateOf(loaded));
    await other.step(batch(3), step(3));

    const data = async (who: typeof learner) => {
      const { weights, slots } = await who.state();
      return [...weights, ...slots].map(array => array.data);
    };
    expect(await data(other)).toEqual(await data(learner));
    await learner.dispose();
    await other.dispose();
  });

  it.each(optimizers)("writes Keras's slots of a bias that has no gradient as they began: %s", async (_, optimizer) => {
    const model = sequential({
      layers: [layers.dense({ units: 3, inputShape: [3], biasInitializer: 'ones' }), layers.batchNormalization()],
    });
    const learner = createLearner({ model, optimizer, loss: 'mse' });
    for (let i = 0; i < 2; i++) await learner.step(batch(i), { iterations: i, learningRate: 0.1 });
    const file = join(temporaryFolder(), 'model.h5');
    const learnerState = await learner.state();
    await saveModel(model, file, { learnerState, iterations: 2, loss: 'mse', optimizer: optimizerConfigOf(optimizer) });
    const written = await learnerStateOf(await loadModel(file));
    // Keras keeps one product for all weights, which isn't the bias's own.
    const ofBias = written.slots.filter(({ name }) => name.includes('/bias/') && !name.endsWith('/u_product'));
    const specs = optimizer.transform.slots({ name: 'bias', shape: [3] }).filter(({ name }) => name !== 'u_product');
    expect(ofBias.map(({ name, data }) => [name.split('/').at(-1), ...data]).sort()).toEqual(
      specs
        .map(({ name, initial }) => [name, ...Array(3).fill(Math.fround(initial === 'parameter' ? 1 : initial))])
        .sort(),
    );
    await learner.restore(written);
    expect(await learner.state()).toEqual(learnerState);
    await learner.dispose();
  });
});
