import type { HostData } from '../data/hostArray.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';

/** A picture whose colours can be changed: bytes, or floats from 0 to 1. */
export type ColourPixels = Uint8Array | Float32Array;

/**
 * The values of a picture, known to be bytes or floats.
 *
 * @param what names the transform in the message
 * @throws InvalidArgumentError for whole numbers of 32 bits, whose white isn't known
 */
export function colourPixels(what: string, x: HostData): ColourPixels {
  if (x instanceof Uint8Array || x instanceof Float32Array) return x;
  throw new InvalidArgumentError(`${what}: a picture came as Int32Array. Give bytes, or floats from 0 to 1.`);
}

/** The highest value: 255 for bytes, 1 for floats. */
export const whiteOf = (x: ColourPixels): number => (x instanceof Uint8Array ? 255 : 1);
