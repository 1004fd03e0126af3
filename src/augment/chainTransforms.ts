import { foldIn } from '../random/randomKey.js';
import type { ExampleTransform } from './exampleTransform.js';

/**
 * Several transforms as one, in their order. Each draws random numbers of its own, by its place.
 *
 * ```ts
 * augment(chainTransforms(colorJitter({ hue: 0.1 }, shape), imageTransform(changes, shape), cutout({ size: 8 }, shape)));
 * ```
 *
 * Those that are for bytes come first: `imageTransform` makes floats, from 0 to 255, of them.
 */
export const chainTransforms =
  (...transforms: readonly ExampleTransform[]): ExampleTransform =>
  (example, key) =>
    transforms.reduce((changed, transform, place) => transform(changed, foldIn(key, place)), example);
