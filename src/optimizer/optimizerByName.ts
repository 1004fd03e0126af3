import { UnknownNameError } from '../error/unknownNameError.js';
import type { Spelling } from '../text/spelling.js';
import { adadelta } from './adadelta.js';
import { adagrad } from './adagrad.js';
import { adam, adamw } from './adam.js';
import { adamax } from './adamax.js';
import { lion } from './lion.js';
import { nadam } from './nadam.js';
import type { Optimizer, OptimizerOptions } from './optimizer.js';
import { rmsprop } from './rmsprop.js';
import { sgd } from './sgd.js';

/** Keras's names of its optimizers. */
export type OptimizerName = 'sgd' | 'rmsprop' | 'adam' | 'adamw' | 'adamax' | 'nadam' | 'adagrad' | 'adadelta' | 'lion';

const OPTIMIZERS: Readonly<Record<OptimizerName, (options?: OptimizerOptions) => Optimizer>> = {
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
export function optimizerByName(name: Spelling<OptimizerName>, options: OptimizerOptions = {}): Optimizer {
  const known = Object.keys(OPTIMIZERS) as OptimizerName[];
  const own = known.find(key => key === name.toLowerCase());
  if (own === undefined) throw new UnknownNameError('optimizer', name, known);
  return OPTIMIZERS[own](options);
}
