import { join } from 'node:path';
import { batch } from '../../operators/batch.js';
import { cifar10 } from '../../src/data/cifar10.js';
import { meanImage } from '../../src/data/meanImage.js';
import { initializeWeights } from '../../src/model/initializeWeights.js';
import { resnet } from '../../src/model/resnet.js';
import { summary } from '../../src/model/summary.js';
import { adam } from '../../src/optimizer/adam.js';
import { checkpoint } from '../../src/policy/checkpoint.js';
import { drawSeed } from '../../src/random/drawSeed.js';
import { type AugmentFlags, augmentFlags, cifar10Batches } from './cifar10Batches.js';
import type { Recipe } from './recipe.js';
import { recipeLearner } from './recipeLearner.js';
import { composedResnetRates, kerasResnetRates } from './resnetRates.js';

interface ResnetFlags extends AugmentFlags {
  readonly n: number;
  readonly version: number;
  readonly subtractPixelMean: boolean;
  readonly kerasRates: boolean;
}

const defaults = { epochs: 200, batchSize: 32 };

/** Keras's `cifar10_resnet` example. */
export const cifar10ResnetRecipe: Recipe<ResnetFlags> = {
  name: 'cifar10-resnet',
  description: 'a residual network of any depth tells ten kinds of pictures apart',
  defaults,
  flags: [
    ...augmentFlags,
    {
      flags: '--n <blocks>',
      description: 'blocks a stage: depth is 6n + 2 (version 1) or 9n + 2 (version 2)',
      default: 3,
    },
    { flags: '--version <1|2>', description: 'version of the network', default: 1, choices: [1, 2] },
    {
      flags: '--no-subtract-pixel-mean',
      description: "leave out the subtraction of the training set's mean picture",
      default: true,
    },
    {
      flags: '--keras-rates',
      description:
        "let the schedule overwrite what the plateau has reduced before the next epoch, as in Keras's example; without, " +
        "a plateau's lower rate lasts, as a factor of the schedule's",
      default: false,
    },
  ],
  async prepare(options, talk) {
    const { epochs = defaults.epochs, batchSize = defaults.batchSize } = options;
    const { seed = drawSeed(), data, out = 'saved_models' } = options;
    const { n = 3, version = 1, subtractPixelMean = true, augment = false, kerasRates = false } = options;
    const { dtypePolicy = 'float32' } = options;
    const from = { ...(data === undefined ? {} : { data }), onMessage: talk.note };
    const scaled = await cifar10('train', from);
    const mean = subtractPixelMean ? { mean: meanImage(scaled) } : {};
    const train = { ...scaled, scaling: { scale: 1 / 255, ...mean } };
    const test = { ...(await cifar10('test', from)), scaling: train.scaling };
    const model = resnet({ n, version: version as 1 | 2 });
    initializeWeights(model, seed);
    talk.say(summary(model));
    const depth = version === 1 ? 6 * n + 2 : 9 * n + 2;
    const file = join(out, `cifar10_ResNet${depth}v${version}_model.{epoch:03d}.h5`);
    const { learningRate, controllers } = kerasRates
      ? kerasResnetRates()
      : composedResnetRates(Math.ceil(train.size / batchSize));
    const optimizer = adam({ learningRate });
    const loss = 'categorical_crossentropy';
    const metrics = ['accuracy'];
    return {
      config: {
        recipe: 'cifar10-resnet',
        ...{ batchSize, n, version, subtractPixelMean, augment, kerasRates, dtypePolicy, trainSamples: train.size },
      },
      train: {
        ...recipeLearner({ model, optimizer, loss, metrics, options }),
        data: { source: train, through: cifar10Batches(batchSize, options, talk) },
        validation: { source: test, through: batch(500) },
        epochs,
        seed,
        controllers: [checkpoint(file, { monitor: 'val_accuracy', saveBestOnly: true }), ...controllers],
      },
    };
  },
};
