import type { Learner } from '../../src/learner/learner.js';
import { ModelInUseError } from '../../src/learner/ownModel.js';
import type { OpenLearner } from './openLearner.js';

/** A run, or search, that has made its own learner, and when that will be disposed. */
interface Owner {
  isOver(): boolean;
  readonly ended: Promise<void>;
}

const owners = new Set<Owner>();

/**
 * Makes the learner of one run, or search. An aborted run has its model until its running step has ended: where another one
 * needs the same model, that end is waited for.
 *
 * @param isOver whether the run takes no further step.
 * @returns the learner, and what disposes of it.
 * @throws ModelInUseError where a learner that is still used has the model.
 */
export async function makeLearner(make: () => Learner | Promise<Learner>, isOver: () => boolean): Promise<OpenLearner> {
  const learner = await makeOnceFree(make);
  let end = (): void => undefined;
  const ended = new Promise<void>(resolve => (end = resolve));
  const owner: Owner = { isOver, ended };
  owners.add(owner);
  return {
    learner,
    async close() {
      try {
        await learner.dispose();
      } finally {
        owners.delete(owner);
        end();
      }
    },
  };
}

async function makeOnceFree(make: () => Learner | Promise<Learner>): Promise<Learner> {
  for (;;) {
    try {
      return await make();
    } catch (error) {
      const ending = [...owners].filter(owner => owner.isOver());
      if (!(error instanceof ModelInUseError) || ending.length === 0) throw error;
      await Promise.race(ending.map(({ ended }) => ended));
    }
  }
}
