import type { HostData } from '../array/hostArray.js';
import type { Scaling } from '../data/source.js';
import type { RandomKey } from '../random/randomKey.js';

/** Pictures to be augmented, as their source stores them, and what is needed to draw for each. */
export interface StoredPictures {
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
