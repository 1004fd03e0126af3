import { randomKey } from '../random/randomKey.js';
import { uniform } from '../random/uniform.js';

/**
 * The grey noise that a filter's ascent starts from: `(random − 0.5)·20 + 128`, channels last. A function of seed and
 * filter alone, so that any filter can be made again without the others.
 */
export function startNoise(size: number, filter: number, seed: number, channels = 3): Float32Array {
  const key = randomKey(seed, 'filter', filter);
  return Float32Array.from({ length: size * size * channels }, (_, i) => (uniform(key, i) - 0.5) * 20 + 128);
}
