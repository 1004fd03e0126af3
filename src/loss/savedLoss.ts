import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import type { Loss } from './loss.js';
import { lossByName } from './lossByName.js';
import { lossFromConfig } from './lossFromConfig.js';

/**
 * The loss that a model file was compiled with, for models with one output: Keras writes a name, an object
 * `{class_name, config}`, or a list or record of one of these.
 *
 * @param saved `training.loss` of what `loadModel` gives
 * @param weights `training.lossWeights`: a number that the loss is multiplied by, or a list or record of one. Default: 1
 * @throws UnknownNameError where Keras's loss isn't known here, InvalidArgumentError where there is none or more than one
 */
export function savedLoss(saved: unknown, weights: unknown = null): Loss {
  return { ...onlyLoss(saved), weight: onlyWeight(weights) };
}

function onlyLoss(saved: unknown): Loss {
  if (typeof saved === 'string') return lossByName(saved);
  if (typeof saved === 'object' && saved !== null) {
    const { class_name, config } = saved as { readonly class_name?: unknown; readonly config?: unknown };
    // A function of Keras, by its name.
    if (typeof class_name === 'string' && typeof config === 'string') return lossByName(config);
    if (typeof class_name === 'string') return lossFromConfig(class_name, (config ?? {}) as Record<string, unknown>);
    const each = Object.values(saved);
    if (each.length === 1) return onlyLoss(each[0]);
  }
  throw new InvalidArgumentError(
    `The file's loss is ${JSON.stringify(saved)}; a learner takes one loss, for the one output of its model.`,
  );
}

function onlyWeight(saved: unknown): number {
  const each = typeof saved === 'object' && saved !== null ? Object.values(saved) : [saved ?? 1];
  if (each.length === 1 && typeof each[0] === 'number') return each[0];
  throw new InvalidArgumentError(
    `The file's loss_weights are ${JSON.stringify(saved)}; the one loss of a learner takes one number.`,
  );
}
