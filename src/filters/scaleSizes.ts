import { InvalidArgumentError } from '../error/invalidArgumentError.js';

export interface ScaleOptions {
  /** Rows and columns of the finished picture. */
  readonly size: number;
  /** How often the picture grows, and so the number of ascents. */
  readonly upscalings: number;
  /** By how much it grows each time. */
  readonly factor: number;
  /** Smallest size that the network can see; scales below it are left out. Default: 1. */
  readonly minimum?: number;
}

/** Sizes in pixels, from the first scale to the last. */
export interface ScaleSizes {
  /** Of the picture during each ascent. */
  readonly ascent: readonly number[];
  /** To which it is resized after each ascent; the last one is the finished picture's. */
  readonly resizeTo: readonly number[];
}

/** More would be a slip of the keyboard, and their list alone could fill the memory. */
const MOST_UPSCALINGS = 10_000;

/** Rows and columns of the largest square that sharp makes a file of. */
const MOST_PIXELS = 0x3fff;

/**
 * `int(size / factor^n)` for n from `upscalings` down to 1. Where that begins below the minimum, the ascent
 * begins at the minimum, and the scales before it are left out.
 *
 * @throws InvalidArgumentError where an option can't be meant, or the finished picture itself is below the minimum
 */
export function scaleSizes({ size, upscalings, factor, minimum = 1 }: ScaleOptions): ScaleSizes {
  if (!Number.isInteger(size) || size < 1 || size > MOST_PIXELS) {
    throw new InvalidArgumentError(
      `A picture of ${size} pixels can't be made: give a whole number from 1 to ${MOST_PIXELS}.`,
    );
  }
  if (!Number.isInteger(upscalings) || upscalings < 1 || upscalings > MOST_UPSCALINGS) {
    throw new InvalidArgumentError(`${upscalings} upscalings: give a whole number from 1 to ${MOST_UPSCALINGS}.`);
  }
  if (!(factor >= 1 && factor < Number.POSITIVE_INFINITY)) {
    throw new InvalidArgumentError(`The factor of an upscaling is ${factor}: give a number from 1 on, such as 1.2.`);
  }
  if (size < minimum) {
    throw new InvalidArgumentError(
      `A picture of ${size} pixels is too small: this layer's map is empty below ${minimum} pixels. Give a larger size.`,
    );
  }
  const sizeAt = (n: number): number => Math.trunc(size / factor ** n);
  const all = Array.from({ length: upscalings }, (_, i) => ({
    from: sizeAt(upscalings - i),
    to: sizeAt(upscalings - i - 1),
  }));
  // A scale that ends below the minimum is left out; the one that ends above it may begin at the minimum.
  const kept = all.filter(({ to }) => to >= minimum);
  return { ascent: kept.map(({ from }) => Math.max(from, minimum)), resizeTo: kept.map(({ to }) => to) };
}
