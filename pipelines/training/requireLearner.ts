import { InvalidArgumentError } from '../../src/error/invalidArgumentError.js';
import type { Learner } from '../../src/learner/learner.js';

/**
 * From JavaScript it may be a model, or nothing.
 *
 * @throws InvalidArgumentError
 */
export function requireLearner(given: Learner | null | undefined): Learner {
  if (typeof given?.step === 'function') return given;
  throw new InvalidArgumentError(
    "'learner' has to be what createLearner or createCustomLearner makes, or a function that makes it; it is " +
      `${given?.constructor.name ?? given}. Of a model make createLearner({ model, optimizer, loss }); predict takes { model, data }, too.`,
  );
}
