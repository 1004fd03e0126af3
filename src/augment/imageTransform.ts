import { applyParameters } from './applyParameters.js';
import { type Augmentation, checkAugmentation } from './augmentation.js';
import type { ExampleTransform } from './exampleTransform.js';
import { sampleParameters } from './sampleParameters.js';
import { withPicture } from './withPicture.js';

/**
 * The augmentation as a function of one example and its random key: what the operator `augment` takes.
 *
 * @param shape of the pictures: the source's `inputShape`
 * @throws InvalidArgumentError for options that `augmentation` hasn't been given
 */
export function imageTransform(options: Augmentation, shape: readonly number[]): ExampleTransform {
  checkAugmentation('imageTransform', options);
  return (example, key) => {
    const parameters = sampleParameters(options, key, shape);
    return withPicture(example, applyParameters(options, { data: example.x, shape }, parameters).data);
  };
}
