import { checkCount } from '../error/checkCount.js';
import { checkFinite } from '../error/checkFinite.js';
import { checkOptions } from '../error/checkOptions.js';
import { integer } from '../random/integer.js';
import { checkFill } from './checkFill.js';
import type { ExampleTransform } from './exampleTransform.js';
import type { DataFormat } from './imageShape.js';
import { pixelLayout } from './pixelLayout.js';
import { withPicture } from './withPicture.js';

export interface RandomCropOptions {
  /** Pixels that are added on each side before a part of the old size is cut out. */
  readonly padding: number;
  /** Value of the pixels that are added. Default: 0. */
  readonly cval?: number;
  /** Default: `channelsLast`. */
  readonly dataFormat?: DataFormat;
}

const OPTIONS: Readonly<Record<keyof RandomCropOptions, true>> = { padding: true, cval: true, dataFormat: true };

/**
 * Pads a picture and cuts a part of its old size out at random: a shift by whole pixels, each from −padding to padding
 * equally likely.
 *
 * Source: He et al., "Deep Residual Learning for Image Recognition", 2016, section 4.2 (padding 4 for CIFAR-10).
 *
 * @param shape of the pictures: the source's `inputShape`
 * @throws InvalidArgumentError where the padding is no whole number from 1 on, `cval` can't be meant, or the shape isn't a picture's;
 *   UnknownNameError for an unknown option or data format
 */
export function randomCrop(options: RandomCropOptions, shape: readonly number[]): ExampleTransform {
  checkOptions('randomCrop', options, OPTIONS);
  const { padding, cval = 0, dataFormat = 'channelsLast' } = options;
  const { rows, columns, channels, pixelStep, channelStep } = pixelLayout(shape, dataFormat);
  checkCount('randomCrop', { padding }, 1);
  checkFinite('randomCrop', { cval });
  return (example, key) => {
    checkFill('randomCrop', cval, example.x);
    const down = integer(key, 0, 2 * padding + 1) - padding;
    const right = integer(key, 1, 2 * padding + 1) - padding;
    const x = example.x.slice().fill(cval);
    for (let i = Math.max(-down, 0); i < Math.min(rows - down, rows); i++) {
      for (let j = Math.max(-right, 0); j < Math.min(columns - right, columns); j++) {
        const to = (i * columns + j) * pixelStep;
        const from = to + (down * columns + right) * pixelStep;
        for (let c = 0; c < channels; c++) x[to + c * channelStep] = example.x[from + c * channelStep];
      }
    }
    return withPicture(example, x);
  };
}
