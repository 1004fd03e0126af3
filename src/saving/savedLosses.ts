import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Loss } from '../loss/loss.js';
import { savedLoss } from '../loss/savedLoss.js';
import { ownValue } from '../text/ownValue.js';
import { isByOutput } from './keras/lossConfigOf.js';
import { ofOutputs } from './ofOutputs.js';

/**
 * The losses that the file of a model with several outputs was compiled with, by the names of these, as `createLearner` takes them:
 * Keras writes one for all, a list, or a record; an output without one isn't trained.
 *
 * @param saved `training.loss` of what `loadModel` gives
 * @param weights `training.lossWeights`, in the same form. Default: 1
 * @throws UnknownNameError where Keras's loss, or an output, isn't known here; InvalidArgumentError where there are too many or too few
 */
export function savedLosses(
  model: LayersModel,
  saved: unknown,
  weights: unknown = null,
): Readonly<Record<string, Loss>> {
  const weightOf = ofOutputs(model, 'loss_weights', forEach(model, weights));
  return Object.fromEntries(
    Object.entries(ofOutputs(model, 'losses', forEach(model, saved))).flatMap(([name, loss]) =>
      loss === null ? [] : [[name, savedLoss(loss, ownValue(weightOf, name))]],
    ),
  );
}

/** One for all is one for each. */
const forEach = (model: LayersModel, given: unknown): Readonly<Record<string, unknown>> | readonly unknown[] =>
  Array.isArray(given) || isByOutput(given) ? given : model.outputs.map(() => given);
