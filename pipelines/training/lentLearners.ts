import { InvalidArgumentError } from '../../src/error/invalidArgumentError.js';
import type { Learner } from '../../src/learner/learner.js';
import { newUse, type Use } from './use.js';

/** Of learners that stay their callers'. */
const loans = new WeakMap<Learner, Use>();

/**
 * Lends a learner that was handed over ready-made: to one run, or search, after the other. The end of one that is over is waited for.
 *
 * @param isOver whether the borrower takes no further step.
 * @returns what gives it back, to be called once.
 * @throws InvalidArgumentError where another has it.
 */
export async function lendLearner(learner: Learner, isOver: () => boolean): Promise<() => void> {
  for (let other = loans.get(learner); other !== undefined; other = loans.get(learner)) {
    if (!other.isOver()) {
      throw new InvalidArgumentError(
        'The learner has a run already, and two would train it by turns. Several subscribers of one run share it by ' +
          "'train(…).pipe(share())'; for several runs at one time give 'learner' a function that makes one for each.",
      );
    }
    await other.ended;
  }
  const loan = newUse(isOver);
  loans.set(learner, loan);
  return () => {
    loans.delete(learner);
    loan.end();
  };
}
