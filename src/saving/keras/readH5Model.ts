import { FileFormatError } from '../../error/fileFormatError.js';
import type { Hdf5Reader } from '../../file/hdf5Reader.js';
import type { StoredArray } from '../../file/storedArray.js';
import { isKerasObject } from './kerasConfig.js';
import { parseJson } from './parseJson.js';
import type { SavedLayer, SavedWeight } from './savedLayers.js';
import type { StoredModel, StoredWeight, WeightMatch } from './storedModel.js';
import { readTrainingConfig } from './trainingConfig.js';

/** Weights of one layer of the model, as the file lists them. */
interface Group {
  readonly layer: string;
  readonly weights: readonly StoredWeight[];
}

/**
 * Opens a whole model in one .h5 file, as Keras 2 and 3 write it: attributes `model_config`, `training_config`,
 * `keras_version`; the group `model_weights` with a group a layer; `optimizer_weights`. Source:
 * keras/src/legacy/saving/legacy_h5_format.py.
 */
export async function openH5Model(file: Hdf5Reader): Promise<StoredModel> {
  const { origin } = file;
  const fail = (problem: string): FileFormatError => new FileFormatError(`${origin}: ${problem}.`);
  const configText = file.text('', 'model_config');
  if (configText === null) {
    throw fail(
      "there is no attribute 'model_config': not a whole model. If it holds weights alone, build the model and load them into it",
    );
  }
  const architecture = parseJson(configText, origin, 'model_config');
  if (!isKerasObject(architecture)) throw fail('model_config is not the config of a model');
  if (!file.has('model_weights')) throw fail("there is no group 'model_weights'");
  const groups = readGroups(file, 'model_weights');
  const version = file.text('', 'keras_version') ?? file.text('model_weights', 'keras_version');
  const trainingText = file.text('', 'training_config');
  return {
    origin,
    format: 'h5',
    writer: version === null ? null : `Keras ${version}`,
    keras3: isKeras3(version),
    architecture,
    training: trainingText === null ? null : readTrainingConfig(parseJson(trainingText, origin, 'training_config')),
    weights: groups.flatMap(({ weights }) => weights),
    optimizerArrays: named(file, 'optimizer_weights'),
    match: layers => matchByOrder(groups, layers, origin),
    close: async () => file.close(),
  };
}

/** A .h5 file of weights alone, as Keras 2 writes it: what is the group `model_weights` otherwise is the root. */
export async function openLegacyWeights(file: Hdf5Reader): Promise<StoredModel> {
  const groups = readGroups(file, '');
  const version = file.text('', 'keras_version');
  return {
    origin: file.origin,
    format: 'weights.h5',
    writer: version === null ? null : `Keras ${version}`,
    keras3: isKeras3(version),
    architecture: null,
    training: null,
    weights: groups.flatMap(({ weights }) => weights),
    optimizerArrays: [],
    match: layers => matchByOrder(groups, layers, file.origin),
    close: async () => file.close(),
  };
}

/** Files without a version are older than any. */
export const isKeras3 = (version: string | null): boolean => version !== null && Number.parseInt(version, 10) >= 3;

function readGroups(file: Hdf5Reader, root: string): Group[] {
  const names = file.texts(root, 'layer_names');
  if (names === null) {
    throw new FileFormatError(`${file.origin}: the group '${root}' has no attribute 'layer_names'.`);
  }
  return names.map(layer => {
    const path = root === '' ? layer : `${root}/${layer}`;
    if (!file.has(path)) throw new FileFormatError(`${file.origin}: the group of the layer '${layer}' is missing.`);
    return { layer, weights: named(file, path).map(array => ({ ...array, layer })) };
  });
}

/** The arrays that a group's `weight_names` lists. */
function named(file: Hdf5Reader, path: string): StoredArray[] {
  if (!file.has(path)) return [];
  const names = file.texts(path, 'weight_names') ?? [];
  return names.map(name => ({ ...file.array(`${path}/${name}`), name }));
}

/**
 * Weights go to layers by order; names may differ. Layers without weights are left out on both sides. A model within is
 * one layer, whose trainable weights come first.
 */
function matchByOrder(groups: readonly Group[], layers: readonly SavedLayer[], origin: string): WeightMatch[] {
  const expected = new Map<string, SavedWeight[]>();
  for (const { top, weights } of layers) {
    if (weights.length > 0) expected.set(top, [...(expected.get(top) ?? []), ...weights]);
  }
  const stored = groups.filter(({ weights }) => weights.length > 0);
  if (stored.length !== expected.size) {
    const missing = [...expected.keys()].filter(layer => !stored.some(group => group.layer === layer));
    throw new FileFormatError(
      `${origin}: it has ${stored.length} layers with weights, the model ${expected.size}` +
        `${missing.length === 0 ? '' : `; not in the file: ${missing.join(', ')}`}.`,
    );
  }
  return [...expected].flatMap(([layer, weights], i) => {
    const { layer: storedLayer, weights: arrays } = stored[i];
    if (arrays.length !== weights.length) {
      throw new FileFormatError(
        `${origin}: layer '${layer}' has ${weights.length} weights (${weights.map(({ name }) => name).join(', ')}), ` +
          `but the file's '${storedLayer}' ${arrays.length} (${arrays.map(({ name }) => name).join(', ')}).`,
      );
    }
    const inOrder = [...weights.filter(({ trainable }) => trainable), ...weights.filter(({ trainable }) => !trainable)];
    return inOrder.map((weight, j) => ({ layer, weight, array: arrays[j] }));
  });
}
