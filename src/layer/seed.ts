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
export function seedOfDraw({ tensor, host }: Seed, index: number): Seed {
  // A constant that looks random keeps (run 7, draw 1) apart from (run 8, draw 0).
  const offset = foldIn([0, 0], index)[0] | 0;
  return {
    tensor: tf.add(tensor, tf.tensor1d([offset, 0], 'int32')),
    host: host === null ? null : [(host[0] + offset) | 0, host[1] | 0],
  };
}
