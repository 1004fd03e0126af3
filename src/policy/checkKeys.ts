import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import type { Policy } from './policy.js';

/** Raises where two controllers of a run have the same key: their states in a checkpoint couldn't be told apart. */
export function checkKeys(policies: readonly Policy[]): void {
  const seen = new Set<string>();
  for (const { key } of policies) {
    if (seen.has(key)) {
      throw new InvalidArgumentError(
        `Two controllers have the key '${key}': give one of them another by option 'key'.`,
      );
    }
    seen.add(key);
  }
}
