import { type RandomKey, randomKey } from '../random/randomKey.js';

/** Key of all that is drawn for the pictures of an epoch; a row's number folded into it gives the row's. */
export const augmentKey = (seed: number, epoch: number): RandomKey => randomKey(seed, 'augment', epoch);
