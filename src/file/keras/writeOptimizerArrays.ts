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
  for (const group of slotOrder(optimizer)) {
    for (const { name, kerasName } of weights) {
      for (const slot of group) {
        const found = byName.get(`${name}/${slot}`);
        if (found === undefined) {
          throw new InvalidArgumentError(
            `The state of the optimizer ${optimizer.className} lacks '${name}/${slot}'; it has ${[...byName.keys()].slice(0, 5).join(', ')}.`,
          );
        }
        const { shape, data } = found;
        arrays.push({ name: `${prefix}/${kerasName.replaceAll('/', '_')}_${slot}`, shape, data });
      }
    }
  }
  const scalar = scalarSlot(optimizer.className);
  if (scalar !== null) {
    arrays.push({ name: `${prefix}/${scalar}`, shape: [], data: Float32Array.of(nadamProduct(optimizer, iterations)) });
  }
  return arrays;
}

/** Nadam's product of momentum factors so far. Source: keras/src/optimizers/nadam.py, `_u_product`. */
export function nadamProduct({ parameters }: OptimizerConfig, iterations: number): number {
  const beta1 = Number(parameters.beta_1 ?? 0.9);
  let product = 1;
  for (let step = 1; step <= iterations && product > 0; step++) product *= beta1 * (1 - 0.5 * 0.96 ** step);
  return product;
}
