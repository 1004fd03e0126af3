import { FileFormatError } from '../error/fileFormatError.js';
import { tensorOf } from '../file/tensorOf.js';
import type { WeightMatch } from './keras/storedModel.js';

/**
 * Puts a file's arrays into the weights that they belong to. All shapes are compared before the first weight is changed.
 *
 * @param origin the file, as errors name it
 * @throws FileFormatError where an array has another shape than its weight
 */
export function assignMatches(origin: string, matches: readonly WeightMatch[]): void {
  for (const { layer, weight, array } of matches) {
    if (`${weight.shape}` === `${array.shape}`) continue;
    throw new FileFormatError(
      `${origin}: layer '${layer}': its ${weight.name} has shape [${weight.shape}], ` +
        `but the file's '${array.name}' has [${array.shape}].`,
    );
  }
  for (const { weight, array } of matches) {
    const value = tensorOf(array, weight.variable.dtype);
    weight.variable.assign(value);
    value.dispose();
  }
}
