import type { Example } from '../data/source.js';
import type { RandomKey } from '../random/randomKey.js';

/** Changes one example at random, as the operator `augment` wants it: a function of the example and its key alone. */
export type ExampleTransform = (example: Example, key: RandomKey) => Example;
