import type { LayersModel } from '@tensorflow/tfjs-layers';
import { createLearner } from '../../src/learner/createLearner.js';
import type { Optimizer } from '../../src/optimizer/optimizer.js';
import { optimizerConfigOf } from '../../src/saving/keras/optimizerConfigOf.js';
import { saveModel } from '../../src/saving/saveModel.js';
import type { TrainOptions } from '../train.js';
import type { RecipeOptions } from './recipe.js';

interface CompiledModel {
  readonly model: LayersModel;
  readonly optimizer: Optimizer;
  readonly loss: string;
  readonly metrics: readonly string[];
  readonly options: Pick<RecipeOptions, 'compile' | 'dtypePolicy'>;
}

/**
 * How a recipe trains its model, and how it saves it: as Keras opens it, compiled and with the optimizer's state; the name's
 * end says the format.
 */
export const recipeLearner = ({
  model,
  optimizer,
  loss,
  metrics,
  options: { compile, dtypePolicy },
}: CompiledModel): Required<Pick<TrainOptions, 'learner' | 'saveModel'>> => ({
  learner: () =>
    createLearner({
      ...{ model, optimizer, loss, metrics },
      ...(compile === undefined ? {} : { compile }),
      ...(dtypePolicy === undefined ? {} : { dtypePolicy }),
    }),
  saveModel: async (file, learner, { iterations }) =>
    saveModel(model, file, {
      learnerState: await learner.state(),
      iterations,
      optimizer: optimizerConfigOf(optimizer, iterations),
      loss,
      metrics,
    }),
});
