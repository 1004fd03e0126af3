import { join } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { recipeLearner } from '../../../pipelines/recipes/recipeLearner.js';
import { composedResnetRates, kerasResnetRates } from '../../../pipelines/recipes/resnetRates.js';
import type { Learner } from '../../../src/learner/learner.js';
import { resnet } from '../../../src/model/resnet.js';
import { adam } from '../../../src/optimizer/adam.js';
import { loadModel } from '../../../src/saving/loadModel.js';
import { temporaryFolder } from '../../src/file/temporaryFolder.js';

beforeAll(() => tf.setBackend('cpu'));

it.each([
  ["Keras's rates", kerasResnetRates(), 1e-3],
  ['composed rates', composedResnetRates(5), { class_name: 'PiecewiseConstantDecay' }],
])('saves a ResNet with its optimizer: %s', async (_, { learningRate }, rate) => {
  const model = resnet({ n: 1, version: 1, inputShape: [8, 8, 3] });
  const optimizer = adam({ learningRate });
  const training = { model, optimizer, loss: 'categorical_crossentropy', metrics: ['accuracy'], options: {} };
  const { learner: makeLearner, saveModel } = recipeLearner(training);
  const learner = await (makeLearner as () => Learner)();
  const file = join(temporaryFolder(), 'model.h5');
  await saveModel(file, learner, { iterations: 3 } as Parameters<typeof saveModel>[2]);
  await learner.dispose();
  const loaded = await loadModel(file);
  expect(loaded.warnings).toEqual([]);
  expect(loaded.optimizerState?.iterations).toBe(3);
  const parameters = loaded.training?.optimizer?.parameters;
  expect(parameters).toMatchObject({ learning_rate: typeof rate === 'number' ? expect.closeTo(rate, 9) : rate });
});
