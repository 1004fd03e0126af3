import type { HostData } from '../array/hostArray.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';

/** A picture whose colours can be changed: bytes, or floats from 0 to 1. */
export type ColourPixels = Uint8Array | Float32Array;

/** What floats from 0 to 1 never reach, though brightness may take them beyond 1, and what few pictures of 0 to 255 stay below. */
const TOO_BRIGHT = 8;

/**
 * The values of a picture, known to be bytes or floats from 0 to 1.
 *
 * @param what names the transform in the message
 * @throws InvalidArgumentError for whole numbers of 32 bits, whose white isn't known, and for bytes that have become floats
 */
export function colourPixels(what: string, x: HostData): ColourPixels {
  if (x instanceof Uint8Array) return x;
  if (!(x instanceof Float32Array)) {
    throw new InvalidArgumentError(`${what}: a picture came as Int32Array. Give bytes, or floats from 0 to 1.`);
  }
  const bright = x.find(value => value > TOO_BRIGHT);
  if (bright === undefined) return x;
  throw new InvalidArgumentError(
    `${what}: a picture of floats has the value ${bright}, expected 0 to 1. Where it was bytes before imageTransform(…), put ` +
      `${what}(…) first.`,
  );
}

/** The highest value: 255 for bytes, 1 for floats. */
export const whiteOf = (x: ColourPixels): number => (x instanceof Uint8Array ? 255 : 1);
