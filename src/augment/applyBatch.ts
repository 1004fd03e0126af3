import { type HostArray, sizeOf } from '../array/hostArray.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import type { Augmentation } from './augmentation.js';
import type { AugmentParameters } from './augmentParameters.js';
import { pictureApplier } from './pictureApplier.js';

/**
 * Augments the pictures `from` to before `to` of a batch `[n, ...picture]` into the same places of `batch`. Every
 * slice can be done anywhere and in any order: the arrays may be views of shared memory.
 *
 * Order: affine with flips in one pass, channel shift, brightness.
 *
 * @param parameters one for each picture of the batch
 * @throws InvalidArgumentError where sizes or the slice don't fit
 */
export function applyBatch(
  options: Augmentation,
  input: HostArray,
  batch: Float32Array,
  parameters: readonly AugmentParameters[],
  from = 0,
  to = parameters.length,
): void {
  const picture = input.shape.slice(1);
  const apply = pictureApplier(options, picture);
  const size = sizeOf(picture);
  checkBatch(input, batch, parameters.length, size, from, to);
  for (let i = from; i < to; i++) apply(input.data, i * size, batch, i * size, parameters[i]);
}

function checkBatch(
  { data, shape }: HostArray,
  output: Float32Array,
  count: number,
  size: number,
  from: number,
  to: number,
): void {
  const needed = shape[0] * size;
  if (data.length !== needed || output.length < needed || count !== shape[0]) {
    throw new InvalidArgumentError(
      `A batch of shape [${shape}] needs ${needed} values, as much room and ${shape[0]} sets of parameters; ` +
        `got ${data.length}, ${output.length} and ${count}.`,
    );
  }
  if (!(Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from <= to && to <= count)) {
    throw new InvalidArgumentError(`Pictures ${from} to ${to} are no slice of a batch of ${count}.`);
  }
}
