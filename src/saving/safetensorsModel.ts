import { readFile } from 'node:fs/promises';
import { FileFormatError } from '../error/fileFormatError.js';
import { readSafetensors, type SafetensorsArray, writeSafetensors } from '../file/safetensors.js';
import type { ModelContents } from './keras/modelContents.js';
import type { SavedLayer } from './keras/savedLayers.js';
import type { StoredModel, StoredWeight } from './keras/storedModel.js';

/** Weights in a safetensors file, by name: `lstm_1/lstm_cell/kernel`. */
export async function openSafetensorsWeights(path: string, origin: string): Promise<StoredModel> {
  const { arrays, metadata } = readSafetensors(await readFile(path), origin);
  const weights = new Map<string, StoredWeight>();
  for (const [name, { shape, data }] of arrays) {
    weights.set(name, { name, shape, layer: name.slice(0, Math.max(0, name.lastIndexOf('/'))), read: () => data });
  }
  return {
    origin,
    format: 'safetensors',
    writer: metadata.format ?? null,
    keras3: true,
    architecture: null,
    training: null,
    weights: [...weights.values()],
    optimizerArrays: [],
    match: layers =>
      layers.flatMap(({ names, weights: expected }) =>
        expected.map(weight => {
          const name = weightPath(names, weight.name);
          const array = weights.get(name);
          if (array === undefined) {
            throw new FileFormatError(
              `${origin}: the weight '${name}' is not in the file, which holds ${[...weights.keys()].slice(0, 5).join(', ')}….`,
            );
          }
          return { layer: names.join('/'), weight, array };
        }),
      ),
    close: async () => {},
  };
}

/** A weight's name in the whole model. */
const weightPath = (names: SavedLayer['names'], weight: string): string => [...names, weight].join('/');

/** The bytes of a safetensors file with all weights. */
export async function writeSafetensorsWeights({ layers, readWeight }: ModelContents): Promise<Uint8Array> {
  const arrays: [string, SafetensorsArray][] = [];
  for (const { names, weights } of layers) {
    for (const weight of weights) {
      const data = await readWeight(weight);
      const array: SafetensorsArray =
        data instanceof Float32Array
          ? { dtype: 'F32', shape: weight.shape, data }
          : { dtype: 'I32', shape: weight.shape, data: Int32Array.from(data as Int32Array, Number) };
      arrays.push([weightPath(names, weight.name), array]);
    }
  }
  return writeSafetensors(arrays, { format: 'gradstream' });
}
