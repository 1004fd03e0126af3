import { UnknownNameError } from '../error/unknownNameError.js';

/** Versions whose exact behaviour can be asked for. */
const COMPATS: readonly string[] = ['keras-3.15'];

/**
 * Whether option `compat` asks for Keras's exact behaviour.
 *
 * @throws UnknownNameError for another version
 */
export function isKerasCompat(compat: string | undefined): boolean {
  if (compat !== undefined && !COMPATS.includes(compat)) throw new UnknownNameError('compat', compat, COMPATS);
  return compat !== undefined;
}
