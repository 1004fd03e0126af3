import type * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { atomicWrite } from '../file/atomicWrite.js';
import type { StoredData } from '../file/storedArray.js';
import type { LearnerState } from '../learner/learner.js';
import { modelVariables } from '../learner/modelVariables.js';
import { syncModel } from '../learner/ownModel.js';
import type { ModelContents } from './keras/modelContents.js';
import { slotOrder } from './keras/optimizerState.js';
import { type SavedWeight, savedLayers } from './keras/savedLayers.js';
import { slotsLeftOut } from './keras/slotsLeftOut.js';
import { type CompiledWith, trainingOf } from './keras/trainingOf.js';
import { kerasWeightName, writeH5Model } from './keras/writeH5Model.js';
import { writeKerasZip } from './keras/writeKerasZip.js';
import { writeOptimizerArrays } from './keras/writeOptimizerArrays.js';
import { writeWeightsH5 } from './keras/writeWeightsH5.js';
import { modelFormat } from './modelFormat.js';
import { writeSafetensorsWeights } from './safetensorsModel.js';
import { writeTfjsFiles } from './writeTfjsFiles.js';

export interface SaveModelOptions extends CompiledWith {
  /** What a learner has reached: its weights instead of the model's own, and its optimizer's slots. */
  readonly learnerState?: LearnerState;
  /** Updates so far, where slots are saved. Default 0. */
  readonly iterations?: number;
}

/**
 * Saves a model in the format that the name's end says: `.h5`, `.keras` and `.weights.h5` as Keras 3 opens them,
 * `.json` of tfjs (weights in a `.bin` beside it), `.safetensors` (weights alone). A file that is there already is
 * replaced whole or not at all.
 *
 * @throws UnsupportedModelError where Keras has no match for something in the model
 * @throws InvalidArgumentError where a loss or metric is code
 */
export async function saveModel(model: LayersModel, file: string, options: SaveModelOptions = {}): Promise<void> {
  const format = modelFormat(file);
  if (options.learnerState === undefined) await syncModel(model);
  const contents = contentsOf(model, options);
  switch (format) {
    case 'h5':
      return atomicWrite(file, temporary => writeH5Model(temporary, contents));
    case 'weights.h5':
      return atomicWrite(file, temporary => writeWeightsH5(temporary, contents));
    case 'keras':
      return atomicWrite(file, temporary => writeKerasZip(temporary, contents));
    case 'safetensors':
      return atomicWrite(file, await writeSafetensorsWeights(contents));
    case 'tfjs':
      return writeTfjsFiles(file, contents);
  }
}

function contentsOf(model: LayersModel, options: SaveModelOptions): ModelContents {
  const { learnerState, iterations = 0 } = options;
  const layers = savedLayers(model);
  const training = trainingOf(model, options);
  const optimizer = training?.optimizer ?? undefined;
  const variables = modelVariables(model);
  const names = new Map(variables.map(({ name, variable }) => [variable, name]));
  const contents = { model, layers, training, readWeight: valuesOf(learnerState, names) };
  // Weights alone say nothing of an optimizer that keeps something for each.
  const isWeightsAlone = learnerState?.slots.length === 0 && optimizer !== undefined && slotOrder(optimizer).length > 0;
  if (optimizer === undefined || learnerState === undefined || isWeightsAlone) {
    return { ...contents, optimizerArrays: [] };
  }
  const weights = layers.flatMap(({ names: path, weights }) =>
    weights
      .filter(({ trainable }) => trainable)
      .map(weight => ({
        name: names.get(weight.variable) ?? '',
        kerasName: kerasWeightName(model, path, weight),
      })),
  );
  const slots = [...learnerState.slots, ...slotsLeftOut(optimizer, variables, learnerState)];
  const optimizerArrays = writeOptimizerArrays({ optimizer, iterations, weights, slots });
  return { ...contents, optimizerArrays };
}

function valuesOf(
  state: LearnerState | undefined,
  names: ReadonlyMap<tf.Variable, string>,
): (weight: SavedWeight) => Promise<StoredData> {
  if (state === undefined) return async ({ variable }) => (await variable.data()) as Float32Array | Int32Array;
  const values = new Map(state.weights.map(array => [array.name, array]));
  return async ({ variable, shape }) => {
    const name = names.get(variable);
    const value = name === undefined ? undefined : values.get(name);
    if (value === undefined || `${value.shape}` !== `${shape}`) {
      throw new InvalidArgumentError(
        `The learner's state doesn't belong to the model: for the weight '${name}' of shape [${shape}] it has ` +
          `${value === undefined ? 'nothing' : `[${value.shape}]`}.`,
      );
    }
    return value.data;
  };
}
