import { FileFormatError } from '../../error/fileFormatError.js';
import type { StoredArray } from '../../file/storedArray.js';
import type { OptimizerConfig } from './trainingConfig.js';

/** What an optimizer remembers about one weight. */
export interface OptimizerSlot {
  /** Keras 3's name: `momentum`, `velocity`, …; `u_product` of Nadam belongs to no weight. */
  readonly slot: string;
  /** Number of the weight among the model's trainable ones; null where it belongs to none. */
  readonly weight: number | null;
  readonly array: StoredArray;
}

export interface OptimizerState {
  /** Updates so far; null where the file doesn't say (RMSprop of Keras 2.2.4). */
  readonly iterations: number | null;
  /** In the file's order. */
  readonly slots: readonly OptimizerSlot[];
}

/** Groups of slots: the slots in one group stand side by side for each weight in turn. */
type SlotOrder = readonly (readonly string[])[];

/**
 * The order in which optimizers of Keras 3 make their variables, iteration and learning rate left out.
 * Source: `build` in keras/src/optimizers/*.py.
 */
export function slotOrder({ className, parameters }: OptimizerConfig): SlotOrder {
  const has = (name: string): boolean => Boolean(parameters[name]);
  const own: Record<string, SlotOrder> = {
    SGD: has('momentum') ? [['momentum']] : [],
    RMSprop: [['velocity'], has('momentum') ? ['momentum'] : [], has('centered') ? ['average_gradient'] : []],
    Adam: [['momentum', 'velocity'], has('amsgrad') ? ['velocity_hat'] : []],
    AdamW: [['momentum', 'velocity'], has('amsgrad') ? ['velocity_hat'] : []],
    Nadam: [['momentum', 'velocity']],
    Adamax: [['momentum', 'norm']],
    Adagrad: [['accumulator']],
    Adadelta: [['accumulated_grad', 'accumulated_delta_var']],
    Ftrl: [['accumulator', 'linear']],
    Lamb: [['momentum', 'velocity']],
    Lion: [['momentum']],
  };
  if (!Object.hasOwn(own, className)) {
    throw new FileFormatError(
      `The state of the optimizer ${className} can't be read; known: ${Object.keys(own).join(', ')}.`,
    );
  }
  return [
    has('use_ema') ? ['average'] : [],
    has('gradient_accumulation_steps') ? ['gradient_accumulator'] : [],
    ...own[className],
  ].filter(group => group.length > 0);
}

/** One number that belongs to the optimizer as a whole, after all slots. */
export const scalarSlot = (className: string): string | null => (className === 'Nadam' ? 'u_product' : null);

/**
 * Says what is what in an optimizer's stored arrays.
 *
 * - Keras 3: iteration, learning rate (where it isn't a schedule), then as {@link slotOrder} says. With the policy
 *   mixed_float16 all of these come after what its LossScaleOptimizer remembers.
 * - Keras 2: iterations (not in all versions), then all weights' first slot, all weights' second slot, …, and maybe
 *   placeholders.
 *
 * @param shapes of the model's trainable weights, in order
 * @throws FileFormatError where the arrays don't fit the optimizer or the weights
 */
export function readOptimizerState(
  arrays: readonly StoredArray[],
  optimizer: OptimizerConfig,
  shapes: readonly (readonly number[])[],
  keras3: boolean,
): OptimizerState {
  const order = slotOrder(optimizer);
  const own = order.flat().length * shapes.length;
  const rest = keras3 ? withoutLossScale(arrays, own) : [...arrays];
  const iterations = rest[0]?.shape.length === 0 ? Number(rest.shift()?.read()[0]) : null;
  if (keras3 && rest[0]?.shape.length === 0 && typeof optimizer.parameters.learning_rate !== 'object') rest.shift();
  const slots: OptimizerSlot[] = [];
  // Keras makes slots at the first update.
  if (rest.length === 0 && iterations === 0) return { iterations, slots };
  const take = (slot: string, weight: number): void => {
    const array = rest.shift();
    if (array === undefined || `${array.shape}` !== `${shapes[weight]}`) {
      throw new FileFormatError(
        `The state of the optimizer ${optimizer.className} doesn't fit the model: for ${slot} of trainable weight ` +
          `${weight}, shape [${shapes[weight]}], the file has ${array === undefined ? 'nothing' : `[${array.shape}]`}.`,
      );
    }
    slots.push({ slot, weight, array });
  };
  if (!keras3) {
    if (rest[0]?.shape.length === 0) rest.shift(); // Nadam's schedule
    // Keras 2.2.4 stores moments also where momentum is 0.
    const slotNames = order.length === 0 && rest.length > 0 ? ['momentum'] : order.flat();
    for (const slot of slotNames) for (const weight of shapes.keys()) take(slot, weight);
    return { iterations, slots };
  }
  for (const group of order) {
    for (const weight of shapes.keys()) for (const slot of group) take(slot, weight);
  }
  const scalar = scalarSlot(optimizer.className);
  const last = scalar === null ? undefined : rest.shift();
  if (scalar !== null && last !== undefined) slots.push({ slot: scalar, weight: null, array: last });
  if (rest.length > 0) {
    throw new FileFormatError(
      `The optimizer ${optimizer.className} has no place for ${rest.length} of the file's arrays, ` +
        `which may belong to another one: ${rest[0].name}, …`,
    );
  }
  return { iterations, slots };
}

/** Iteration, learning rate, steps since the scale was changed, and the scale. */
const LOSS_SCALE_ARRAYS = 4;
/** Iteration, learning rate, and Nadam's product. */
const MOST_SCALARS = 3;

function withoutLossScale(arrays: readonly StoredArray[], slots: number): StoredArray[] {
  const isScaled =
    arrays.length > slots + MOST_SCALARS &&
    arrays.slice(0, LOSS_SCALE_ARRAYS + 1).every(({ shape }) => shape.length === 0);
  return arrays.slice(isScaled ? LOSS_SCALE_ARRAYS : 0);
}
