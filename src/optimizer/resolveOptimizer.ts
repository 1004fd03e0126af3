import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import type { Spelling } from '../text/spelling.js';
import type { Optimizer } from './optimizer.js';
import { type OptimizerName, optimizerByName } from './optimizerByName.js';

/**
 * An optimizer, or the one of a name.
 *
 * @param caller how the error names whom it was given to
 * @throws UnknownNameError where there is none of that name, InvalidArgumentError where it is no optimizer of this library
 */
export function resolveOptimizer(caller: string, given: Optimizer | Spelling<OptimizerName>): Optimizer {
  const optimizer = typeof given === 'string' ? optimizerByName(given) : given;
  if (typeof optimizer?.transform === 'object') return optimizer;
  throw new InvalidArgumentError(
    `${caller}: that is no optimizer of gradstream. Give a name, or what adam(…), sgd(…) and the like make; tfjs's own don't go.`,
  );
}
