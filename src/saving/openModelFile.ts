import { access, constants, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { Hdf5Reader } from '../file/hdf5Reader.js';
import { openH5Model, openLegacyWeights } from './keras/readH5Model.js';
import { openKerasZip } from './keras/readKerasZip.js';
import { readWeightsH5 } from './keras/readWeightsH5.js';
import type { StoredModel } from './keras/storedModel.js';
import { modelFormat } from './modelFormat.js';
import { openSafetensorsWeights } from './safetensorsModel.js';
import { openTfjsModel } from './tfjsModel.js';

/**
 * Opens a model file, in the format that its name's end says: `.h5`, `.weights.h5`, `.keras`, `.json` (tfjs),
 * `.safetensors`. Close it after use.
 *
 * @throws FileFormatError where the file is damaged, hostile or of another format; InvalidArgumentError where there is
 *   none or its name ends otherwise
 */
export async function openModelFile(path: string): Promise<StoredModel> {
  const format = modelFormat(path);
  const origin = basename(path);
  await checkIsFile(path);
  switch (format) {
    case 'keras':
      return openKerasZip(path, origin);
    case 'tfjs':
      return openTfjsModel(path, origin);
    case 'safetensors':
      return openSafetensorsWeights(path, origin);
    default: {
      const file = await Hdf5Reader.open(path, origin);
      try {
        // Keras 2 and 3 use the same endings for different layouts.
        if (format === 'h5' && !isWeightsFile(file)) return await openH5Model(file);
        return file.texts('', 'layer_names') === null ? openWeights(file) : await openLegacyWeights(file);
      } catch (error) {
        file.close();
        throw error;
      }
    }
  }
}

const isWeightsFile = (file: Hdf5Reader): boolean =>
  file.text('', 'model_config') === null && (file.texts('', 'layer_names') !== null || file.has('layers'));

function openWeights(file: Hdf5Reader): StoredModel {
  return {
    origin: file.origin,
    format: 'weights.h5',
    writer: null,
    keras3: true,
    architecture: null,
    training: null,
    ...readWeightsH5(file),
    close: async () => file.close(),
  };
}

async function checkIsFile(path: string): Promise<void> {
  try {
    if (!(await stat(path)).isFile()) throw new InvalidArgumentError(`${path} is a folder or a device, not a file.`);
    await access(path, constants.R_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const reason =
      code === 'ENOENT' ? `There is no file ${path}.` : `${path} can't be read: ${PROBLEMS[code] ?? code}.`;
    throw new InvalidArgumentError(reason, { cause: error });
  }
}

const PROBLEMS: Readonly<Record<string, string>> = {
  EACCES: 'you may not read it, or not look into its folder',
  ELOOP: 'its links lead round in a circle',
  ENOTDIR: 'a part of this path is a file, not a folder',
};
