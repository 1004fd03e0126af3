import type { LayersModel } from '@tensorflow/tfjs-layers';
import { FileFormatError } from '../error/fileFormatError.js';
import { assignMatches } from './assignMatches.js';
import { savedLayers } from './keras/savedLayers.js';
import { openModelFile } from './openModelFile.js';

/**
 * Loads into each layer of the model the weights that the file keeps under its name. The file may have more layers: those
 * aren't read.
 *
 * @throws FileFormatError where a layer is missing or of another shape; the model is unchanged then
 */
export async function loadWeightsByName(model: LayersModel, path: string): Promise<void> {
  const stored = await openModelFile(path);
  try {
    const matches = savedLayers(model).flatMap(({ top: layer, weights }) => {
      const arrays = stored.weights.filter(array => array.layer === layer);
      if (arrays.length !== weights.length) {
        const names = [...new Set(stored.weights.map(array => array.layer))];
        throw new FileFormatError(
          `${stored.origin} has ${arrays.length} weights for the layer '${layer}', expected ${weights.length}. ` +
            `It has layers ${names.slice(0, 20).join(', ')}.`,
        );
      }
      return weights.map((weight, i) => ({ layer, weight, array: arrays[i] }));
    });
    assignMatches(stored.origin, matches);
  } finally {
    await stored.close();
  }
}
