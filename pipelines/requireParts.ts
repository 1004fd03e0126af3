import { InvalidArgumentError } from '../src/error/invalidArgumentError.js';
import type { DataOptions } from './train.js';

/**
 * From JavaScript anything may come as data.
 *
 * @param what of whom, such as `train: data`
 * @throws InvalidArgumentError where a part of it is missing
 */
export function requireParts(what: string, data: DataOptions | undefined): void {
  if (data?.source !== undefined && typeof data.through === 'function') return;
  throw new InvalidArgumentError(
    `${what} must be { source, through }: a source, and an operator from its samples to batches such as batch(32).`,
  );
}
