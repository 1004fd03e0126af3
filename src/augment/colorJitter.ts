import { checkOptions } from '../error/checkOptions.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { permutation } from '../random/permutation.js';
import { foldIn, type RandomKey } from '../random/randomKey.js';
import { uniform } from '../random/uniform.js';
import { adjustBrightness } from './adjustBrightness.js';
import { adjustContrast } from './adjustContrast.js';
import { adjustHue } from './adjustHue.js';
import { adjustSaturation } from './adjustSaturation.js';
import { type ColourPixels, colourPixels } from './colourPixels.js';
import type { ExampleTransform } from './exampleTransform.js';
import type { DataFormat } from './imageShape.js';
import { colourLayout, type PixelLayout } from './pixelLayout.js';
import { withPicture } from './withPicture.js';

/** f means [1 − f, 1 + f], cut off at 0; for the hue [−f, f]. */
export type JitterRange = number | readonly [number, number];

export interface ColorJitterOptions {
  /** Bounds of the factor; so is contrast, and so is saturation. Default: none of them changes. */
  readonly brightness?: JitterRange;
  readonly contrast?: JitterRange;
  readonly saturation?: JitterRange;
  /** Bounds of the turn, as parts of the whole circle of colours: −½ to ½. */
  readonly hue?: JitterRange;
  /** Default: `channelsLast`. */
  readonly dataFormat?: DataFormat;
}

const OPTIONS: Readonly<Record<keyof ColorJitterOptions, true>> = {
  brightness: true,
  contrast: true,
  saturation: true,
  hue: true,
  dataFormat: true,
};

const CHANGES = ['brightness', 'contrast', 'saturation', 'hue'] as const;
type Change = (typeof CHANGES)[number];

/** What is done to one picture, one after the other: a change and its factor (the hue's turn). */
export type JitterParameters = readonly (readonly [Change, number])[];

/**
 * Changes brightness, contrast, saturation and hue at random, in random order. Pictures are bytes, or floats from 0 to 1.
 *
 * Source: `ColorJitter` of torchvision 0.29 (transforms.v2), whose results for bytes it has.
 *
 * @param shape of the pictures, of one or three channels: the source's `inputShape`
 * @throws InvalidArgumentError where a range can't be meant, or the shape isn't such a picture's; UnknownNameError for an
 *   unknown option or data format
 */
export function colorJitter(options: ColorJitterOptions, shape: readonly number[]): ExampleTransform {
  checkOptions('colorJitter', options, OPTIONS);
  const layout = colourLayout('colorJitter', shape, options.dataFormat ?? 'channelsLast');
  const ranges = jitterRanges(options);
  return (example, key) => {
    const x = colourPixels('colorJitter', example.x);
    return withPicture(example, applyJitter(x, layout, sampleJitter(ranges, key)));
  };
}

type JitterRanges = Readonly<Partial<Record<Change, readonly [number, number]>>>;

function jitterRanges(options: ColorJitterOptions): JitterRanges {
  const given = CHANGES.filter(change => options[change] !== undefined && options[change] !== 0);
  return Object.fromEntries(given.map(change => [change, jitterRange(change, options[change] as JitterRange)]));
}

function jitterRange(change: Change, range: JitterRange): readonly [number, number] {
  const isHue = change === 'hue';
  const symmetric = (amount: number): readonly [number, number] =>
    isHue ? [-amount, amount] : [Math.max(1 - amount, 0), 1 + amount];
  const [low, high] = typeof range === 'number' ? symmetric(range) : range;
  const isMeant = isHue ? low >= -0.5 && high <= 0.5 : low >= 0 && Number.isFinite(high);
  if (low <= high && isMeant) return [low, high];
  throw new InvalidArgumentError(
    `colorJitter: ${change} is ${JSON.stringify(range)}: give ` +
      `${isHue ? 'a number from 0 to 0.5, or two from -0.5 to 0.5' : 'a number from 0 on, or two'}, the lower first.`,
  );
}

/** Draws what is done to one picture: a function of the key alone. One range doesn't change what is drawn of another. */
export function sampleJitter(ranges: JitterRanges, key: RandomKey): JitterParameters {
  return Array.from(permutation(CHANGES.length, foldIn(key, 'order'))).flatMap(index => {
    const change = CHANGES[index];
    const range = ranges[change];
    return range === undefined ? [] : [[change, range[0] + (range[1] - range[0]) * uniform(key, index)] as const];
  });
}

/** Does to a picture what was drawn. */
export function applyJitter(x: ColourPixels, layout: PixelLayout, parameters: JitterParameters): ColourPixels {
  return parameters.reduce((picture, [change, factor]) => {
    switch (change) {
      case 'brightness':
        return adjustBrightness(picture, factor);
      case 'contrast':
        return adjustContrast(picture, layout, factor);
      case 'saturation':
        return adjustSaturation(picture, layout, factor);
      default:
        return adjustHue(picture, layout, factor);
    }
  }, x);
}
