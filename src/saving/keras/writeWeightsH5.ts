import { Hdf5Writer } from '../../file/hdf5Writer.js';
import { snakeCase } from '../snakeCase.js';
import type { ModelContents } from './modelContents.js';

/** Writes weights and optimizer state as a .weights.h5 file of Keras 3; see `readWeightsH5` for the layout. */
export async function writeWeightsH5(path: string, contents: ModelContents): Promise<void> {
  const file = await Hdf5Writer.create(path);
  try {
    file.text('vars', 'name', contents.model.name);
    for (const { names, path: layerPath, weights } of contents.layers) {
      file.text(`${layerPath}/vars`, 'name', names[names.length - 1]);
      for (const [i, weight] of weights.entries()) {
        file.array(`${layerPath}/vars/${i}`, await contents.readWeight(weight), weight.shape);
      }
    }
    const optimizer = contents.training?.optimizer;
    if (optimizer != null && contents.optimizerArrays.length > 0) {
      file.text('optimizer/vars', 'name', snakeCase(optimizer.className));
      for (const [i, { data, shape }] of contents.optimizerArrays.entries()) {
        file.array(`optimizer/vars/${i}`, data, shape);
      }
    }
  } finally {
    file.close();
  }
}
