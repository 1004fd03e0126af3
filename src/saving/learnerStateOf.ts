import type { LearnerState, NamedArray } from '../learner/learner.js';
import { modelVariables } from '../learner/modelVariables.js';
import { savedLayers } from './keras/savedLayers.js';
import type { LoadedModel } from './loadModel.js';

/**
 * What a loaded file had reached, for a learner to go on from: `learner.restore(await learnerStateOf(loaded))`, after
 * the learner was made from the model and an optimizer of the file's class and parameters.
 */
export async function learnerStateOf({ model, optimizerState }: Omit<LoadedModel, 'training'>): Promise<LearnerState> {
  const variables = modelVariables(model);
  const weights: NamedArray[] = [];
  for (const { name, variable } of variables) {
    weights.push({ name, shape: variable.shape, data: (await variable.data()) as Float32Array | Int32Array });
  }
  const names = new Map(variables.map(({ name, variable }) => [variable, name]));
  const trainable = savedLayers(model)
    .flatMap(layer => layer.weights)
    .filter(weight => weight.trainable)
    .map(({ variable }) => names.get(variable));
  const slots = new Map(variables.map(({ name }) => [name, [] as NamedArray[]]));
  for (const { slot, weight, array } of optimizerState?.slots ?? []) {
    const data = Float32Array.from(array.read() as Float32Array, Number);
    // What Keras keeps once for all weights, a learner keeps with each.
    const owners = weight === null ? trainable : [trainable[weight]];
    for (const name of owners) slots.get(name as string)?.push({ name: `${name}/${slot}`, shape: array.shape, data });
  }
  const iterations = optimizerState?.iterations ?? 0;
  return { weights, slots: [...slots.values()].flat(), iterations };
}
