import { type LayersModel, Sequential } from '@tensorflow/tfjs-layers';
import { Hdf5Writer } from '../../file/hdf5Writer.js';
import { configLayers, isModelClass, type KerasObject } from './kerasConfig.js';
import { kerasJson } from './kerasJson.js';
import { EXPORTED_GROUPED_QUERY } from './kerasLayers.js';
import { KERAS_VERSION, type ModelContents } from './modelContents.js';
import type { SavedWeight } from './savedLayers.js';
import { toKerasConfig } from './toKerasConfig.js';
import { writeTrainingConfig } from './trainingConfig.js';

/**
 * Writes a whole model into one .h5 file as Keras 3 does; see `openH5Model` for the layout.
 */
export async function writeH5Model(path: string, contents: ModelContents): Promise<void> {
  const file = await Hdf5Writer.create(path);
  try {
    file.text('', 'backend', 'tensorflow');
    file.text('', 'keras_version', KERAS_VERSION);
    file.text('', 'model_config', JSON.stringify(legacyConfig(toKerasConfig(contents.model))));
    if (contents.training !== null) {
      file.text('', 'training_config', kerasJson(writeTrainingConfig(contents.training, 'h5')));
    }
    await writeWeights(file, contents);
    if (contents.optimizerArrays.length > 0) {
      const names = contents.optimizerArrays.map(({ name }) => name);
      file.texts('optimizer_weights', 'weight_names', names);
      for (const { name, data, shape } of contents.optimizerArrays)
        file.array(`optimizer_weights/${name}`, data, shape);
    }
  } finally {
    file.close();
  }
}

async function writeWeights(file: Hdf5Writer, contents: ModelContents): Promise<void> {
  const root = 'model_weights';
  const groups = new Map<string, { name: string; weight: SavedWeight }[]>();
  for (const { top, names, weights } of contents.layers) {
    const group = groups.get(top) ?? [];
    groups.set(top, group);
    group.push(...weights.map(weight => ({ name: kerasWeightName(contents.model, names, weight), weight })));
  }
  file.texts(root, 'layer_names', [...groups.keys()]);
  file.text(root, 'backend', 'tensorflow');
  file.text(root, 'keras_version', KERAS_VERSION);
  for (const [layer, weights] of groups) {
    const inOrder = [
      ...weights.filter(({ weight }) => weight.trainable),
      ...weights.filter(({ weight }) => !weight.trainable),
    ];
    file.texts(
      `${root}/${layer}`,
      'weight_names',
      inOrder.map(({ name }) => name),
    );
    for (const { name, weight } of inOrder) {
      file.array(`${root}/${layer}/${name}`, await contents.readWeight(weight), weight.shape);
    }
  }
  file.texts(`${root}/top_level_model_weights`, 'weight_names', []);
}

/** Keras puts a Sequential's own name before its layers'. */
export function kerasWeightName(model: LayersModel, names: readonly string[], { name }: SavedWeight): string {
  return [...(model instanceof Sequential ? [model.name] : []), ...names, name].join('/');
}

/** In .h5 files models and the layers in them have no `module`, `registered_name` and `build_config`; what is in layers has. */
function legacyConfig({ module, registered_name, build_config, ...object }: KerasObject): KerasObject {
  const { class_name, config } = object as KerasObject;
  // There, a class goes by its own name.
  if (class_name === EXPORTED_GROUPED_QUERY) return { ...object, class_name: 'GroupedQueryAttention', config };
  if (!isModelClass(class_name)) return object as KerasObject;
  const layers = configLayers(object as KerasObject).map(legacyConfig);
  return { ...object, class_name, config: { ...config, layers } };
}
