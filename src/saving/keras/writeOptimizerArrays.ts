import { InvalidArgumentError } from '../../error/invalidArgumentError.js';
import type { NamedArray } from '../../learner/learner.js';
import { snakeCase } from '../snakeCase.js';
import type { WrittenArray } from './modelContents.js';
import { scalarSlot, slotOrder } from './optimizerState.js';
import type { OptimizerConfig } from './trainingConfig.js';

interface OptimizerContents {
  readonly optimizer: OptimizerConfig;
  readonly iterations: number;
  /** Trainable weights in order, by the names that the slots begin with: slot `<name>/<slot>`. */
  readonly weights: readonly { readonly name: string; readonly kerasName: string }[];
  readonly slots: readonly NamedArray[];
}

/**
 * An optimizer's state as Keras 3 lists it: iteration, learning rate, slots.
 *
 * @throws InvalidArgumentError where a slot is missing
 */
export function writeOptimizerArrays({ optimizer, iterations, weights, slots }: OptimizerContents): WrittenArray[] {
  const prefix = snakeCase(optimizer.className);
  const arrays: WrittenArray[] = [
    { name: `${prefix}/iteration`, shape: [], data: BigInt64Array.of(BigInt(iterations)) },
  ];
  const { learning_rate } = optimizer.parameters;
  if (typeof learning_rate === 'number') {
    arrays.push({ name: `${prefix}/learning_rate`, shape: [], data: Float32Array.of(learning_rate) });
  }
  const byName = new Map(slots.map(slot => [slot.name, slot]));
  const slotOf = (weight: string, slot: string): NamedArray => {
    const found = byName.get(`${weight}/${slot}`);
    if (found !== undefined) return found;
    throw new InvalidArgumentError(
      `The state of the optimizer ${optimizer.className} lacks '${weight}/${slot}'; it has ${[...byName.keys()].slice(0, 5).join(', ')}.`,
    );
  };
  for (const group of slotOrder(optimizer)) {
    for (const { name, kerasName } of weights) {
      for (const slot of group) {
        const { shape, data } = slotOf(name, slot);
        arrays.push({ name: `${prefix}/${kerasName.replaceAll('/', '_')}_${slot}`, shape, data });
      }
    }
  }
  const scalar = scalarSlot(optimizer.className);
  if (scalar !== null && weights.length > 0) {
    // A learner keeps it with each weight, always the same number.
    const { shape, data } = slotOf(weights[0].name, scalar);
    arrays.push({ name: `${prefix}/${scalar}`, shape, data });
  }
  return arrays;
}
