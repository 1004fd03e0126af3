import type { Learner } from '../../src/learner/learner.js';
import { ModelInUseError } from '../../src/learner/ownModel.js';
import type { OpenLearner } from './openLearner.js';
import { requireLearner } from './requireLearner.js';
import { newUse, type Use } from './use.js';

/** Of learners that runs, or searches, have made for themselves. */
const uses = new Set<Use>();

/**
 * Makes the learner of one run, or search. An aborted run has its model until its running step has ended: where another one
 * needs the same model, that end is waited for.
 *
 * @param isOver whether the run takes no further step.
 * @returns the learner, and what disposes of it.
 * @throws InvalidArgumentError where it makes none.
 * @throws ModelInUseError where a learner that is still used has the model.
 */
export async function makeLearner(make: () => Learner | Promise<Learner>, isOver: () => boolean): Promise<OpenLearner> {
  const learner = requireLearner(await makeOnceFree(make));
  const use = newUse(isOver);
  uses.add(use);
  return {
    learner,
    async close() {
      try {
        await learner.dispose();
      } finally {
        uses.delete(use);
        use.end();
      }
    },
  };
}

async function makeOnceFree(make: () => Learner | Promise<Learner>): Promise<Learner> {
  for (;;) {
    try {
      return await make();
    } catch (error) {
      const ending = [...uses].filter(use => use.isOver());
      if (!(error instanceof ModelInUseError) || ending.length === 0) throw error;
      await Promise.race(ending.map(({ ended }) => ended));
    }
  }
}
