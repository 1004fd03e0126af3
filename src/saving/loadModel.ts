import type { LayersModel } from '@tensorflow/tfjs-layers';
import { sizeOf } from '../array/hostArray.js';
import { GradstreamError } from '../error/gradstreamError.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import type { StoredArray } from '../file/storedArray.js';
import { assignMatches } from './assignMatches.js';
import { modelFromConfig } from './keras/modelFromConfig.js';
import { type OptimizerState, readOptimizerState } from './keras/optimizerState.js';
import { savedLayers } from './keras/savedLayers.js';
import type { StoredModel } from './keras/storedModel.js';
import type { OptimizerConfig, TrainingConfig } from './keras/trainingConfig.js';
import { openModelFile } from './openModelFile.js';

export interface LoadedModel {
  readonly model: LayersModel;
  /** With what the model was compiled; null where it wasn't. */
  readonly training: TrainingConfig | null;
  /** What the optimizer had reached; null where the file holds nothing of it. */
  readonly optimizerState: OptimizerState | null;
  /** What of the file was left out, and why. */
  readonly warnings: readonly string[];
}

export interface LoadedWeights {
  readonly optimizerState: OptimizerState | null;
  readonly warnings: readonly string[];
}

/**
 * Loads a whole model: `.h5` and `.keras` of Keras 2.2.4 to 3, `.json` of tfjs. Code in a file is never run. Custom
 * layers must be made known by `tf.serialization.registerClass` before.
 *
 * Weights go from the disk into the model one by one; what the config asks for is compared with what the file stores
 * before memory is taken.
 *
 * @throws FileFormatError, UnsupportedModelError: the message names the file and the layer
 */
export async function loadModel(path: string): Promise<LoadedModel> {
  const stored = await openModelFile(path);
  try {
    const { architecture, origin, keras3, training } = stored;
    if (architecture === null) {
      throw new InvalidArgumentError(
        `${origin} holds weights alone, no 'model_config': build the model, then load them by loadWeights(model, file).`,
      );
    }
    const numbers = stored.weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    const model = await modelFromConfig(architecture, { origin, keras3, stored: numbers });
    try {
      assignMatches(stored.origin, stored.match(savedLayers(model)));
    } catch (error) {
      model.dispose();
      throw error;
    }
    const { optimizerState, warnings } = restoreOptimizer(model, stored, training?.optimizer ?? null);
    return { model, training, optimizerState, warnings };
  } finally {
    await stored.close();
  }
}

/**
 * Loads weights into a model that is already built, from any of the formats.
 *
 * @param optimizer what the model is trained with, for a file's optimizer state to be understood; default: what the file
 *   says itself
 * @throws FileFormatError where the file belongs to another architecture; the model is unchanged then
 */
export async function loadWeights(
  model: LayersModel,
  path: string,
  optimizer: OptimizerConfig | null = null,
): Promise<LoadedWeights> {
  const stored = await openModelFile(path);
  try {
    assignMatches(stored.origin, stored.match(savedLayers(model)));
    return restoreOptimizer(model, stored, optimizer ?? stored.training?.optimizer ?? null);
  } finally {
    await stored.close();
  }
}

function restoreOptimizer(model: LayersModel, stored: StoredModel, optimizer: OptimizerConfig | null): LoadedWeights {
  const { optimizerArrays, keras3 } = stored;
  if (optimizerArrays.length === 0) return { optimizerState: null, warnings: [] };
  if (optimizer === null) {
    return {
      optimizerState: null,
      warnings: ["The file's optimizer state is left out: of which optimizer isn't known."],
    };
  }
  const shapes = savedLayers(model)
    .flatMap(({ weights }) => weights)
    .filter(({ trainable }) => trainable)
    .map(({ shape }) => shape);
  try {
    const { iterations, slots } = readOptimizerState(optimizerArrays, optimizer, shapes, keras3);
    // The file is closed after this: its arrays are read now.
    return {
      optimizerState: { iterations, slots: slots.map(slot => ({ ...slot, array: inMemory(slot.array) })) },
      warnings: [],
    };
  } catch (error) {
    // The model predicts without it, and a new optimizer can go on.
    if (!(error instanceof GradstreamError)) throw error;
    return { optimizerState: null, warnings: [`The file's optimizer state is left out: ${error.message}`] };
  }
}

function inMemory(array: StoredArray): StoredArray {
  const data = array.read();
  return { ...array, read: () => data };
}
