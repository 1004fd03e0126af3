import type { HostData } from '../array/hostArray.js';
import type { Scaling } from '../data/source.js';
import { type RandomKey, randomKey } from '../random/randomKey.js';

/** Pictures to be augmented, as their source stores them, and what is needed to draw for each. */
export interface Pictures {
  /** Of one picture. */
  readonly shape: readonly number[];
  /** One number a picture, which chooses what is done to it. */
  readonly rows: Int32Array;
  /** What the rows' random keys are made from; see {@link augmentKey}. */
  readonly key: RandomKey;
  /** What is done to values after augmentation. */
  readonly scaling: Scaling | undefined;
  /** Values of picture number `index`. */
  read(index: number): HostData;
}

/** Key of all that is drawn for the pictures of an epoch; a row's number folded into it gives the row's. */
export const augmentKey = (seed: number, epoch: number): RandomKey => randomKey(seed, 'augment', epoch);
