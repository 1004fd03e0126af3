import { createHash } from 'node:crypto';
import type { NamedArray } from './learner.js';

/**
 * A hash of weights, 16 hex digits: equal exactly where all shapes and values are, bit for bit. Names don't count: tfjs
 * numbers its layers anew for each model of a process.
 */
export function fingerprint(weights: readonly NamedArray[]): string {
  const hash = createHash('sha256');
  for (const { shape, data } of weights) {
    hash.update(`[${shape}]`);
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex').slice(0, 16);
}
