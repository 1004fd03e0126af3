import { type HostArray, sizeOf } from '../array/hostArray.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';

/**
 * @param inputs `x`, then the further ones
 * @param names of all of them, in the same order
 * @throws InvalidArgumentError where they are not as many values as their shape says, or not as many rows as `x`
 */
export function checkRows(inputs: readonly HostArray[], names: readonly string[]): void {
  const rows = inputs[0].shape[0];
  for (const [i, { data, shape }] of inputs.entries()) {
    if (data.length !== sizeOf(shape)) {
      throw new InvalidArgumentError(
        `The inputs have ${data.length} values, but their shape [${shape}] says ${sizeOf(shape)}.`,
      );
    }
    if (shape[0] === rows) continue;
    throw new InvalidArgumentError(
      `x has ${rows} rows, and the input '${names[i]}' ${shape[0]}: give as many of each.`,
    );
  }
}
