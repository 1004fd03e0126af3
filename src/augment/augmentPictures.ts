import { sizeOf } from '../array/hostArray.js';
import { scaleInPlace } from '../data/scaleInPlace.js';
import { foldIn } from '../random/randomKey.js';
import type { Augmentation } from './augmentation.js';
import { pictureApplier } from './pictureApplier.js';
import { sampleParameters } from './sampleParameters.js';
import type { StoredPictures } from './storedPictures.js';

/**
 * Draws for the pictures `from` to before `to`, augments and scales them, into their places of `output`. What is done to one
 * depends on nothing but its row and the key, so slices can be done anywhere and in any order.
 *
 * @param output has room for all pictures
 * @throws InvalidArgumentError where the shape is no picture's
 */
export function augmentPictures(
  options: Augmentation,
  { shape, rows, key, scaling, read }: StoredPictures,
  output: Float32Array,
  from = 0,
  to = rows.length,
): void {
  const apply = pictureApplier(options, shape);
  const size = sizeOf(shape);
  for (let i = from; i < to; i++) {
    const parameters = sampleParameters(options, foldIn(key, rows[i]), shape);
    apply(read(i), 0, output, i * size, parameters);
    if (scaling !== undefined) scaleInPlace(output.subarray(i * size, (i + 1) * size), scaling, size);
  }
}
