import type { Directive } from './directive.js';

/** The order in which the directives of one barrier are carried out; see {@link Directive}. */
const RANK: Readonly<Record<Directive['type'], number>> = {
  saveCheckpoint: 0,
  remember: 1,
  useAverages: 2,
  setLearningRate: 3,
  scaleLearningRate: 3,
  restore: 4,
  stop: 5,
};

/** Types of directives. */
export const DIRECTIVES: readonly string[] = Object.keys(RANK);

/** Sorts the directives of one barrier into the order in which they are carried out; equals stay as they were asked. */
export function orderDirectives(directives: readonly Directive[]): readonly Directive[] {
  return [...directives].sort((a, b) => RANK[a.type] - RANK[b.type]);
}
