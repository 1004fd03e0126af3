import { checkNames } from '../error/checkNames.js';

/** Versions whose exact behaviour can be asked for. */
const COMPATS: readonly string[] = ['keras-3.15'];

/**
 * Whether option `compat` asks for Keras's exact behaviour.
 *
 * @throws UnknownNameError for another version
 */
export function isKerasCompat(compat: string | undefined): boolean {
  if (compat !== undefined) checkNames('compat', [compat], COMPATS);
  return compat !== undefined;
}
