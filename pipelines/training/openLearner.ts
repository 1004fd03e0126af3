import type { Learner } from '../../src/learner/learner.js';
import type { Lazy } from '../lazy.js';
import { lendLearner } from './lentLearners.js';
import { makeLearner } from './makeLearner.js';
import { requireLearner } from './requireLearner.js';

/** A learner that one run, or search, works with, and what ends that, to be called once. */
export interface OpenLearner {
  readonly learner: Learner;
  close(): Promise<void>;
}

/**
 * Opens the learner that a run, or search, was given: one that a function makes is its own, any other stays the caller's.
 *
 * @param isOver whether the run takes no further step.
 */
export async function openLearner(given: Lazy<Learner>, isOver: () => boolean): Promise<OpenLearner> {
  if (typeof given === 'function') return makeLearner(given, isOver);
  const learner = requireLearner(await given);
  const giveBack = await lendLearner(learner, isOver);
  return { learner, close: async () => giveBack() };
}
