import { sizeOf } from '../../array/hostArray.js';
import type { LearnerState, NamedArray } from '../../learner/learner.js';
import type { ModelVariable } from '../../learner/modelVariables.js';
import { optimizerFromConfig } from '../../optimizer/optimizerFromConfig.js';
import type { OptimizerConfig } from './trainingConfig.js';

/**
 * Slots that Keras keeps and a learner doesn't: those of weights without a gradient. Updates leave them as the optimizer makes them.
 *
 * @param state of a learner for the model with these weights
 */
export function slotsLeftOut(
  { className, parameters }: OptimizerConfig,
  variables: readonly ModelVariable[],
  state: LearnerState,
): NamedArray[] {
  const values = new Map(state.weights.map(array => [array.name, array.data]));
  const leftOut = variables.filter(
    ({ name, trainable, hasGradient }) =>
      trainable && !hasGradient && !state.slots.some(slot => slot.name.startsWith(`${name}/`)),
  );
  if (leftOut.length === 0) return [];
  // Slots don't depend on the rate, which may be a schedule of whatever kind.
  const { transform } = optimizerFromConfig(className, { ...parameters, learning_rate: null });
  return leftOut.flatMap(({ name, variable }) =>
    transform.slots({ name, shape: variable.shape }).map(({ name: slot, shape, initial }) => ({
      name: `${name}/${slot}`,
      shape,
      data:
        initial === 'parameter' ? (values.get(name) as Float32Array) : new Float32Array(sizeOf(shape)).fill(initial),
    })),
  );
}
