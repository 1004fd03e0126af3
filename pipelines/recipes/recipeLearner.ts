import type { LayersModel } from '@tensorflow/tfjs-layers';
import { optimizerConfigOf } from '../../src/file/keras/optimizerConfigOf.js';
import { saveModel } from '../../src/file/saveModel.js';
import { createLearner } from '../../src/learner/createLearner.js';
import type { Optimizer } from '../../src/optimizer/optimizer.js';
import type { TrainOptions } from '../train.js';

interface CompiledModel {
  readonly model: LayersModel;
  readonly optimizer: Optimizer;
  readonly loss: string;
  readonly metrics: readonly string[];
  /** Absent: where native TensorFlow is there. */
  readonly compile: boolean | undefined;
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
  compile,
}: CompiledModel): Required<Pick<TrainOptions, 'learner' | 'saveModel'>> => ({
  learner: () => createLearner({ model, optimizer, loss, metrics, ...(compile === undefined ? {} : { compile }) }),
  saveModel: async (file, learner, { iterations }) =>
    saveModel(model, file, {
      learnerState: await learner.state(),
      iterations,
      optimizer: optimizerConfigOf(optimizer, iterations),
      loss,
      metrics,
    }),
});
