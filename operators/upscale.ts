import { map, type OperatorFunction } from 'rxjs';
import { checkCount } from '../src/error/checkCount.js';
import type { Pictures } from '../src/filters/pictures.js';
import { type UpscaleMethod, upscalePictures } from '../src/filters/upscalePictures.js';

/**
 * Brings pictures to the next scale, bicubically.
 *
 * ```
 * pictures:  -a---b-|
 *            upscale(120)
 * result:    -A---B-|
 * ```
 *
 * *Backpressure:* each item is worked on when it comes, a millisecond or so a picture.
 *
 * *Errors:* those of the source are passed on.
 *
 * @param size rows and columns of the results.
 * @param method `levels` (default) goes by way of a picture of 256 levels, as published; `float` loses nothing.
 * @throws InvalidArgumentError where `size` isn't a whole number from 1 on.
 */
export function upscale(size: number, method: UpscaleMethod = 'levels'): OperatorFunction<Pictures, Pictures> {
  checkCount('upscale', { size }, 1);
  return map(pictures => upscalePictures(pictures, size, method));
}
