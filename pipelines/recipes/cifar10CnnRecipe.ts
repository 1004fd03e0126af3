import { join } from 'node:path';
import { batch } from '../../operators/batch.js';
import { cifar10 } from '../../src/data/cifar10.js';
import { cifar10Cnn } from '../../src/model/cifar10Cnn.js';
import { initializeWeights } from '../../src/model/initializeWeights.js';
import { summary } from '../../src/model/summary.js';
import { rmsprop } from '../../src/optimizer/rmsprop.js';
import { drawSeed } from '../../src/random/drawSeed.js';
import { type AugmentFlags, augmentFlags, cifar10Batches } from './cifar10Batches.js';
import type { Recipe } from './recipe.js';
import { recipeLearner } from './recipeLearner.js';
import { showPredictions } from './showPredictions.js';

const defaults = { epochs: 100, batchSize: 32 };

/** Keras's `cifar10_cnn` example: validation accuracy 0.75 in 25 epochs. */
export const cifar10CnnRecipe: Recipe<AugmentFlags> = {
  name: 'cifar10-cnn',
  description: 'a convolutional network tells ten kinds of pictures apart (Keras: 0.75 in 25 epochs)',
  defaults,
  flags: augmentFlags,
  async prepare(options, talk) {
    const { epochs = defaults.epochs, batchSize = defaults.batchSize } = options;
    const { seed = drawSeed(), data, out = 'saved_models' } = options;
    const { augment = false, dtypePolicy = 'float32' } = options;
    const from = { ...(data === undefined ? {} : { data }), onMessage: talk.note };
    const train = await cifar10('train', from);
    const test = await cifar10('test', from);
    const model = cifar10Cnn();
    initializeWeights(model, seed);
    const optimizer = rmsprop({ learningRate: 1e-4, decay: 1e-6 });
    const loss = 'categorical_crossentropy';
    const metrics = ['accuracy'];
    talk.say(summary(model));
    talk.say(`${train.size} train samples, ${test.size} test samples`);
    return {
      config: { recipe: 'cifar10-cnn', batchSize, augment, dtypePolicy, trainSamples: train.size },
      train: {
        ...recipeLearner({ model, optimizer, loss, metrics, options }),
        data: { source: train, through: cifar10Batches(batchSize, options, talk) },
        validation: { source: test, through: batch(500) },
        epochs,
        stepsPerExecution: 8,
        seed,
      },
      modelFile: join(out, 'keras_cifar10_trained_model.h5'),
      show: learner => showPredictions(learner, test),
    };
  },
};
