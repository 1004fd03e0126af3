import { GradstreamError } from '../error/gradstreamError.js';
import type { NamedArray } from './learner.js';

/**
 * Slots in the order of others. Weights correspond by place, since tfjs numbers its layers anew for each model of a process; a
 * weight's own slots by their names, since files of Keras have them in the order in which its optimizers make them.
 *
 * @param wanted names such as `dense/kernel/velocity`, weight by weight
 * @param slots weight by weight, too
 * @throws GradstreamError where a weight lacks a slot
 */
export function slotsInOrder(wanted: readonly { readonly name: string }[], slots: readonly NamedArray[]): NamedArray[] {
  const given = byWeight(slots);
  return byWeight(wanted).flatMap((names, i) => {
    const own = new Map(given[i]?.map(slot => [slotOf(slot.name), slot]));
    return names.map(({ name }) => {
      const found = own.get(slotOf(name));
      if (found !== undefined) return found;
      throw new GradstreamError(
        `The saved state has no '${slotOf(name)}' for '${weightOf(name)}', which the optimizer needs. It belongs to another optimizer.`,
      );
    });
  });
}

function byWeight<T extends { readonly name: string }>(slots: readonly T[]): T[][] {
  const groups: T[][] = [];
  for (const slot of slots) {
    const last = groups.at(-1);
    if (last !== undefined && weightOf(last[0].name) === weightOf(slot.name)) last.push(slot);
    else groups.push([slot]);
  }
  return groups;
}

const weightOf = (name: string): string => name.slice(0, name.lastIndexOf('/'));
const slotOf = (name: string): string => name.slice(name.lastIndexOf('/') + 1);
