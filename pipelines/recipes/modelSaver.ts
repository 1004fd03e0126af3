import type { LayersModel } from '@tensorflow/tfjs-layers';
import { optimizerConfigOf } from '../../src/file/keras/optimizerConfigOf.js';
import { saveModel } from '../../src/file/saveModel.js';
import type { Optimizer } from '../../src/optimizer/optimizer.js';
import type { TrainOptions } from '../train.js';

interface Compiled {
  readonly model: LayersModel;
  readonly optimizer: Optimizer;
  readonly loss: string;
  readonly metrics: readonly string[];
}

/** Saves a run's model as Keras opens it, compiled and with the optimizer's state; the name's end says the format. */
export const modelSaver =
  ({ model, optimizer, loss, metrics }: Compiled): NonNullable<TrainOptions['saveModel']> =>
  async (file, learner, { iterations }) =>
    saveModel(model, file, {
      learnerState: await learner.state(),
      iterations,
      optimizer: optimizerConfigOf(optimizer),
      loss,
      metrics,
    });
