import { UnknownNameError } from '../error/unknownNameError.js';
import { adadelta } from './adadelta.js';
import { adagrad } from './adagrad.js';
import { adam, adamw } from './adam.js';
import { adamax } from './adamax.js';
import { lion } from './lion.js';
import { nadam } from './nadam.js';
import type { Optimizer, OptimizerOptions } from './optimizer.js';
import { rmsprop } from './rmsprop.js';
import { sgd } from './sgd.js';

const OPTIMIZERS: Readonly<Record<string, (options?: OptimizerOptions) => Optimizer>> = {
  sgd,
  rmsprop,
  adam,
  adamw,
  adamax,
  nadam,
  adagrad,
  adadelta,
  lion,
};

/**
 * An optimizer by Keras's name, in any case: `RMSprop`, `rmsprop`.
 *
 * @param options of that optimizer, those of its own among them
 * @throws UnknownNameError
 */
export function optimizerByName(name: string, options: OptimizerOptions = {}): Optimizer {
  const key = name.toLowerCase();
  if (!Object.hasOwn(OPTIMIZERS, key)) throw new UnknownNameError('optimizer', name, Object.keys(OPTIMIZERS));
  return OPTIMIZERS[key](options);
}
