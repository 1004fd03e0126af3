import * as tf from '@tensorflow/tfjs-core';
import { foldIn } from '../random/randomKey.js';

/** What all randomness of a step derives from: two int32 numbers, usually the run's seed and the number of updates. */
export interface Seed {
  /** `[2]`, int32. The native backend draws from this, so that a compiled step can be fed another one each time. */
  readonly tensor: tf.Tensor1D;
  /** The same numbers, for backends that draw on the host; null in a compiled step. */
  readonly host: readonly [number, number] | null;
}

/** The seed of draw number `index` within a step; other indices give unrelated numbers. */
export const seedOfDraw = (seed: Seed, index: number): Seed => shifted(seed, foldIn([0, 0], index)[0]);

/**
 * Seeds for what a step draws, such as noise and two passes through a model with dropout: equal seeds give equal numbers, these give
 * unrelated ones.
 *
 * @example
 * const [ofNoise, ofReal, ofMade] = seedsOf(seed, 3);
 */
export const seedsOf = (seed: Seed, count: number): Seed[] =>
  Array.from({ length: count }, (_, i) => shifted(seed, foldIn(foldIn([0, 0], 'seedsOf'), i)[0]));

/** By a constant that looks random: so (run 7, draw 1) stays apart from (run 8, draw 0). */
function shifted({ tensor, host }: Seed, by: number): Seed {
  const offset = by | 0;
  return {
    tensor: tf.add(tensor, tf.tensor1d([offset, 0], 'int32')),
    host: host === null ? null : [(host[0] + offset) | 0, host[1] | 0],
  };
}
