import type { HostArray } from '../array/hostArray.js';
import { applyBatch } from './applyBatch.js';
import type { Augmentation } from './augmentation.js';
import type { AugmentParameters } from './augmentParameters.js';

/** One augmented picture, float32, of the same shape and layout. */
export function applyParameters(options: Augmentation, image: HostArray, parameters: AugmentParameters): HostArray {
  const data = new Float32Array(image.data.length);
  applyBatch(options, { data: image.data, shape: [1, ...image.shape] }, data, [parameters]);
  return { data, shape: image.shape };
}
