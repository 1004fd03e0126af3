import type { LayersModel } from '@tensorflow/tfjs-layers';
import { checkNames } from '../error/checkNames.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { outputNamesOf } from '../layer/endNames.js';
import type { Loss } from '../loss/loss.js';
import { savedLoss } from '../loss/savedLoss.js';
import { ownValue } from '../text/ownValue.js';
import { isByOutput } from './keras/lossConfigOf.js';

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
  const weightOf = ofOutputs(model, 'loss_weights', weights);
  return Object.fromEntries(
    Object.entries(ofOutputs(model, 'losses', saved)).flatMap(([name, loss]) =>
      loss === null ? [] : [[name, savedLoss(loss, ownValue(weightOf, name))]],
    ),
  );
}

function ofOutputs(model: LayersModel, what: string, given: unknown): Readonly<Record<string, unknown>> {
  const names = outputNamesOf(model);
  if (isByOutput(given)) {
    checkNames(`output of the model '${model.name}'`, Object.keys(given), names);
    return given;
  }
  const list = Array.isArray(given) ? given : names.map(() => given);
  if (list.length !== names.length) {
    throw new InvalidArgumentError(
      `The file has ${list.length} ${what} for the ${names.length} outputs of '${model.name}': ${JSON.stringify(given)}.`,
    );
  }
  return Object.fromEntries(names.map((name, i) => [name, list[i]]));
}
