import { map, type OperatorFunction } from 'rxjs';
import { checkCount } from '../src/error/checkCount.js';
import type { Pictures } from '../src/filters/pictures.js';
import { checkUpscaleMethod, type UpscaleMethod, upscalePictures } from '../src/filters/upscalePictures.js';

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
 * ## Example
 * ```ts
 * import { of } from 'rxjs';
 * import { upscale } from 'gradstream/operators';
 *
 * of({ filters: [0], size: 2, channels: 1, values: Float32Array.of(0, 64, 128, 255) })
 *   .pipe(upscale(4))
 *   .subscribe(({ size, values }) => console.log(size, values.length)); // 4 16
 * ```
 *
 * @param size rows and columns of the results.
 * @param method `levels` (default) goes by way of a picture of 256 levels, as published; `float` loses nothing.
 * @returns An operator from groups of pictures to the same groups, larger.
 * @throws InvalidArgumentError where `size` isn't a whole number from 1 on, UnknownNameError for an unknown method.
 */
export function upscale(size: number, method: UpscaleMethod = 'levels'): OperatorFunction<Pictures, Pictures> {
  checkCount('upscale', { size }, 1);
  checkUpscaleMethod(method);
  return map(pictures => upscalePictures(pictures, size, method));
}
