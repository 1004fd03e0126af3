import type { LayersModel } from '@tensorflow/tfjs-layers';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { checkOutputNames, outputNamesOf } from '../layer/endNames.js';
import { isByOutput } from './keras/lossConfigOf.js';

/**
 * What a model file says of training, by the names of the outputs: Keras writes a record, or a list in the model's order.
 *
 * @throws UnknownNameError where the model has no such output, InvalidArgumentError where there are too many or too few
 */
export function ofOutputs(
  model: LayersModel,
  what: string,
  given: Readonly<Record<string, unknown>> | readonly unknown[],
): Readonly<Record<string, unknown>> {
  if (isByOutput(given)) {
    checkOutputNames(model, Object.keys(given));
    return given;
  }
  const names = outputNamesOf(model);
  if (given.length !== names.length) {
    throw new InvalidArgumentError(
      `The file has ${given.length} ${what} for the ${names.length} outputs of '${model.name}': ${JSON.stringify(given)}.`,
    );
  }
  return Object.fromEntries(names.map((name, i) => [name, given[i]]));
}
