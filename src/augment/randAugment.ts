import { checkCount } from '../error/checkCount.js';
import { checkNames } from '../error/checkNames.js';
import { checkOptions } from '../error/checkOptions.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { integer } from '../random/integer.js';
import type { RandomKey } from '../random/randomKey.js';
import type { ExampleTransform } from './exampleTransform.js';
import type { DataFormat } from './imageShape.js';
import { colourLayout, type PixelLayout } from './pixelLayout.js';
import {
  MAX_MAGNITUDE,
  RAND_AUGMENT_OPERATIONS,
  type RandAugmentOperation,
  type RandAugmentOperationName,
} from './randAugmentOperations.js';
import { withPicture } from './withPicture.js';

export interface RandAugmentOptions {
  /** Operations a picture, one after the other; one can come twice. Default: 2. */
  readonly n?: number;
  /** Strength of all, a whole number from 0 to 30. Default: 9. */
  readonly magnitude?: number;
  /** Those that are chosen from. Default: all fourteen. */
  readonly operations?: readonly RandAugmentOperationName[];
  /** Default: `channelsLast`. */
  readonly dataFormat?: DataFormat;
}

const OPTIONS: Readonly<Record<keyof RandAugmentOptions, true>> = {
  n: true,
  magnitude: true,
  operations: true,
  dataFormat: true,
};

/** What is done to one picture, one after the other: an operation and its signed strength. */
export type RandAugmentParameters = readonly (readonly [RandAugmentOperationName, number])[];

/**
 * Does `n` operations to a picture of bytes, each drawn from the list with the same chance and all of one strength. What a
 * move lets in is black.
 *
 * The list is that of Cubuk et al., "RandAugment: Practical automated data augmentation with a reduced search space", 2020:
 * identity, shear x and y, translate x and y, rotate, brightness, color, contrast, sharpness, posterize, solarize,
 * autoContrast, equalize; strengths are those of torchvision 0.29 (transforms.v2, 31 magnitudes), whose results it has but for places just
 * between two pixels; see `warpNearest`.
 *
 * @param shape of the pictures, of one or three channels: the source's `inputShape`
 * @throws InvalidArgumentError where a number can't be meant, the shape isn't such a picture's, or a picture isn't of bytes;
 *   UnknownNameError for an unknown operation, option or data format
 */
export function randAugment(options: RandAugmentOptions, shape: readonly number[]): ExampleTransform {
  checkOptions('randAugment', options, OPTIONS);
  const { n = 2, magnitude = 9, operations = NAMES, dataFormat = 'channelsLast' } = options;
  const layout = colourLayout('randAugment', shape, dataFormat);
  if (!Array.isArray(operations)) {
    throw new InvalidArgumentError(`randAugment: operations is ${JSON.stringify(operations)}: give a list of names.`);
  }
  checkNames('operation of randAugment', operations, NAMES);
  if (operations.length === 0) throw new InvalidArgumentError('randAugment: operations is empty: give one at least.');
  checkCount('randAugment', { n }, 1);
  if (!Number.isInteger(magnitude) || magnitude < 0 || magnitude > MAX_MAGNITUDE) {
    throw new InvalidArgumentError(
      `randAugment: magnitude is ${magnitude}: give a whole number from 0 to ${MAX_MAGNITUDE}.`,
    );
  }
  return (example, key) => {
    if (!(example.x instanceof Uint8Array)) {
      throw new InvalidArgumentError(
        `randAugment: a picture came as ${example.x.constructor.name}. Its operations are for bytes: give a Uint8Array.`,
      );
    }
    const parameters = sampleRandAugment({ n, magnitude, operations }, layout, key);
    return withPicture(example, applyRandAugment(example.x, layout, parameters));
  };
}

const NAMES = Object.keys(RAND_AUGMENT_OPERATIONS) as RandAugmentOperationName[];

/** Draws what is done to one picture: a function of the key alone. */
export function sampleRandAugment(
  { n, magnitude, operations }: Required<Omit<RandAugmentOptions, 'dataFormat'>>,
  layout: PixelLayout,
  key: RandomKey,
): RandAugmentParameters {
  return Array.from({ length: n }, (_, i) => {
    const name = operations[integer(key, 2 * i, operations.length)];
    const { strength, isSigned }: RandAugmentOperation = RAND_AUGMENT_OPERATIONS[name];
    const amount = strength(magnitude, layout);
    return [name, isSigned && integer(key, 2 * i + 1, 2) === 0 ? -amount : amount] as const;
  });
}

/** Does to a picture what was drawn. */
export function applyRandAugment(x: Uint8Array, layout: PixelLayout, parameters: RandAugmentParameters): Uint8Array {
  return parameters.reduce(
    (picture, [name, amount]) => RAND_AUGMENT_OPERATIONS[name].apply(picture, layout, amount),
    x,
  );
}
