import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileAccessError } from '../../error/fileAccessError.js';
import { FileFormatError } from '../../error/fileFormatError.js';
import { Hdf5Reader } from '../../file/hdf5Reader.js';
import { ZipReader } from '../../file/zipReader.js';
import { isRecord } from '../../text/json.js';
import { isKerasObject } from './kerasConfig.js';
import { parseJson } from './parseJson.js';
import { isKeras3 } from './readH5Model.js';
import { readWeightsH5 } from './readWeightsH5.js';
import type { StoredModel } from './storedModel.js';
import { readTrainingConfig } from './trainingConfig.js';

export const CONFIG = 'config.json';
export const METADATA = 'metadata.json';
export const WEIGHTS = 'model.weights.h5';
/** ResNet-1001's is 3 MB. */
const MAX_JSON_BYTES = 64 * 1024 * 1024;

/**
 * Opens a `.keras` file. HDF5 can't be read inside a zip, so that the weights are unpacked into a temporary file, which
 * goes when the model is closed.
 *
 * @throws FileFormatError where the file is no such model
 * @throws FileAccessError where the system's folder of temporary files has no space or can't be written
 */
export async function openKerasZip(path: string, origin: string): Promise<StoredModel> {
  const zip = await ZipReader.open(path, origin);
  try {
    const architecture = parseJson(await zip.text(CONFIG, MAX_JSON_BYTES), origin, CONFIG);
    if (!isKerasObject(architecture)) throw new FileFormatError(`${origin}: ${CONFIG} is not the config of a model.`);
    const metadata = zip.has(METADATA) ? parseJson(await zip.text(METADATA, MAX_JSON_BYTES), origin, METADATA) : null;
    const version = isRecord(metadata) && typeof metadata.keras_version === 'string' ? metadata.keras_version : null;
    const { weights, close } = await openWeights(zip, origin);
    return {
      origin,
      format: 'keras',
      writer: version === null ? null : `Keras ${version}`,
      // TensorFlow's Keras 2.12 to 2.15 write this format as well.
      keras3: version === null || isKeras3(version),
      architecture,
      training: readTrainingConfig(architecture.compile_config),
      weights: weights.weights,
      optimizerArrays: weights.optimizerArrays,
      match: weights.match,
      close,
    };
  } finally {
    await zip.close();
  }
}

async function openWeights(zip: ZipReader, origin: string) {
  const explain = (error: unknown): never => {
    throw FileAccessError.explain(error, tmpdir(), `the weights of ${origin}`, 'name another folder with TMPDIR');
  };
  const folder = await mkdtemp(join(tmpdir(), 'gradstream-')).catch(explain);
  try {
    const unpacked = join(folder, WEIGHTS);
    await zip.extract(WEIGHTS, unpacked).catch(explain);
    const file = await Hdf5Reader.open(unpacked, `${origin}: ${WEIGHTS}`);
    const close = async (): Promise<void> => {
      file.close();
      await rm(folder, { recursive: true, force: true });
    };
    try {
      return { weights: readWeightsH5(file), close };
    } catch (error) {
      await close();
      throw error;
    }
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}
