import { createHash } from 'node:crypto';
import type { NamedArray } from './learner.js';

/** A hash of weights, names and shapes included: equal exactly where all of them are, bit for bit. 16 hex digits. */
export function fingerprint(weights: readonly NamedArray[]): string {
  const hash = createHash('sha256');
  for (const { name, shape, data } of weights) {
    hash.update(`${name}[${shape}]`);
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex').slice(0, 16);
}
