import * as tf from '@tensorflow/tfjs-core';
import { AVERAGE_SLOT } from '../optimizer/ema.js';
import type { Optimizer } from '../optimizer/optimizer.js';
import type { ModelVariable } from './modelVariables.js';

/** What an optimizer keeps for one weight, each by its name: `velocity`, `momentum`. */
export interface WeightSlots {
  readonly slots: ReadonlyMap<string, tf.Variable>;
  /** Room that a kernel asks for; belongs to no state. */
  readonly scratch: ReadonlyMap<string, tf.Variable>;
}

export interface NamedVariable {
  readonly name: string;
  readonly variable: tf.Variable;
}

/** Makes an optimizer's slots for a weight. */
export function weightSlots({ transform, kernel }: Optimizer, { name, variable }: ModelVariable): WeightSlots {
  const make = (initial: number | 'parameter', shape: readonly number[]): tf.Variable =>
    tf.tidy(() => tf.variable(initial === 'parameter' ? tf.clone(variable) : tf.fill([...shape], initial), false));
  const slots = transform.slots({ name, shape: variable.shape });
  const scratch = (kernel?.inputs ?? []).filter(input => typeof input === 'object' && 'scratch' in input);
  return {
    slots: new Map(slots.map(slot => [slot.name, make(slot.initial, slot.shape)])),
    scratch: new Map(scratch.map(input => [input.scratch, make(0, variable.shape)])),
  };
}

/** Slots with names such as `dense/kernel/velocity`, weight by weight. */
export const namedSlots = (weights: readonly NamedVariable[], slots: readonly WeightSlots[]): NamedVariable[] =>
  weights.flatMap((weight, i) =>
    [...slots[i].slots].map(([name, variable]) => ({ name: `${weight.name}/${name}`, variable })),
  );

export const scratchOf = (slots: readonly WeightSlots[]): tf.Variable[] =>
  slots.flatMap(({ scratch }) => [...scratch.values()]);

/** Weights and their moving averages, where the optimizer keeps them. */
export function averagesOf(
  weights: readonly ModelVariable[],
  slots: readonly WeightSlots[],
): ReadonlyMap<tf.Variable, tf.Variable> {
  const pairs = weights.map(({ variable }, i) => [variable, slots[i].slots.get(AVERAGE_SLOT)] as const);
  return new Map(pairs.filter((pair): pair is [tf.Variable, tf.Variable] => pair[1] !== undefined));
}

/** All that is kept, state or not. */
export const slotVariables = (all: readonly WeightSlots[]): tf.Variable[] =>
  all.flatMap(({ slots, scratch }) => [...slots.values(), ...scratch.values()]);

export const disposeSlots = (all: readonly WeightSlots[]): void => tf.dispose(slotVariables(all));
