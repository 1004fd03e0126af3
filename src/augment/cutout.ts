import { checkCount } from '../error/checkCount.js';
import { checkFinite } from '../error/checkFinite.js';
import { checkOptions } from '../error/checkOptions.js';
import { integer } from '../random/integer.js';
import { checkFill } from './checkFill.js';
import type { ExampleTransform } from './exampleTransform.js';
import type { DataFormat } from './imageShape.js';
import { pixelLayout } from './pixelLayout.js';
import { withPicture } from './withPicture.js';

export interface CutoutOptions {
  /** Side of the square, in pixels. */
  readonly size: number;
  /** Value of the pixels in it. Default: 0. */
  readonly cval?: number;
  /** Default: `channelsLast`. */
  readonly dataFormat?: DataFormat;
}

const OPTIONS: Readonly<Record<keyof CutoutOptions, true>> = { size: true, cval: true, dataFormat: true };

/**
 * Blots out a square whose middle may be any pixel, so that a part of it may lie outside.
 *
 * Source: DeVries and Taylor, "Improved Regularization of Convolutional Neural Networks with Cutout", 2017.
 *
 * @param shape of the pictures: the source's `inputShape`
 * @throws InvalidArgumentError where the size is no whole number from 1 on, `cval` can't be meant, or the shape isn't a picture's;
 *   UnknownNameError for an unknown option or data format
 */
export function cutout(options: CutoutOptions, shape: readonly number[]): ExampleTransform {
  checkOptions('cutout', options, OPTIONS);
  const { size, cval = 0, dataFormat = 'channelsLast' } = options;
  const { rows, columns, channels, pixelStep, channelStep } = pixelLayout(shape, dataFormat);
  checkCount('cutout', { size }, 1);
  checkFinite('cutout', { cval });
  return (example, key) => {
    checkFill('cutout', cval, example.x);
    const top = integer(key, 0, rows) - (size >> 1);
    const left = integer(key, 1, columns) - (size >> 1);
    const x = example.x.slice();
    for (let i = Math.max(top, 0); i < Math.min(top + size, rows); i++) {
      for (let j = Math.max(left, 0); j < Math.min(left + size, columns); j++) {
        for (let c = 0; c < channels; c++) x[(i * columns + j) * pixelStep + c * channelStep] = cval;
      }
    }
    return withPicture(example, x);
  };
}
