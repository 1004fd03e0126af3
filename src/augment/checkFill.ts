import type { HostData } from '../array/hostArray.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';

/**
 * Raises where pictures of bytes shall be filled with what no byte is: stored, it would become another value.
 *
 * @param what names the transform in the message
 */
export function checkFill(what: string, cval: number, x: HostData): void {
  if (!(x instanceof Uint8Array) || (cval >= 0 && cval <= 255)) return;
  throw new InvalidArgumentError(`${what}: cval is ${cval}, but the picture is of bytes: give a number from 0 to 255.`);
}
