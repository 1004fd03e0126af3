import { GradstreamError } from '../error/gradstreamError.js';
import type { LearnerState, NamedArray } from './learner.js';
import type { ModelVariable } from './modelVariables.js';

/**
 * A state's slots in the order of others. Weights correspond by place, since tfjs numbers its layers anew for each model of a
 * process; a weight's own slots by their names, since files of Keras have them in the order in which its optimizers make them.
 * Slots of weights without a gradient are passed over where none are wanted: Keras has them, a learner has no use for them.
 *
 * @param weights all of the model's, as many as the state has
 * @param wanted names such as `dense/kernel/velocity`
 * @throws GradstreamError where a slot is missing, or stands for nothing here
 */
export function slotsInOrder(
  weights: readonly Pick<ModelVariable, 'name' | 'hasGradient'>[],
  wanted: readonly { readonly name: string }[],
  state: LearnerState,
): NamedArray[] {
  const ownWeights = new Map(state.weights.map(({ name }, i) => [name, weights[i]]));
  // What is kept beside the weights, a count of updates, is called the same everywhere.
  const ownName = (name: string): string => `${ownWeights.get(weightOf(name))?.name ?? weightOf(name)}/${slotOf(name)}`;
  const given = new Map(state.slots.map(slot => [ownName(slot.name), slot]));
  const found = wanted.map(({ name }) => {
    const slot = given.get(name);
    if (slot !== undefined) return slot;
    throw foreign(`has no '${slotOf(name)}' for '${weightOf(name)}', which the optimizer needs`);
  });
  const used = new Set(found);
  for (const slot of state.slots) {
    if (used.has(slot) || ownWeights.get(weightOf(slot.name))?.hasGradient === false) continue;
    throw foreign(`has '${slotOf(slot.name)}' for '${weightOf(slot.name)}', which the optimizer doesn't keep`);
  }
  return found;
}

const foreign = (what: string): GradstreamError =>
  new GradstreamError(`The saved state ${what}. It belongs to another optimizer.`);

const weightOf = (name: string): string => name.slice(0, name.lastIndexOf('/'));
const slotOf = (name: string): string => name.slice(name.lastIndexOf('/') + 1);
