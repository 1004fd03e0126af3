import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { FileFormatError } from '../error/fileFormatError.js';
import { isRecord } from '../text/json.js';
import { isKerasObject } from './keras/kerasConfig.js';
import { modelFromConfig } from './keras/modelFromConfig.js';
import { parseJson } from './keras/parseJson.js';
import { isKeras3 } from './keras/readH5Model.js';
import { modelFormat } from './modelFormat.js';
import { openModelFile } from './openModelFile.js';

/**
 * Builds the model that a file describes, with weights as its initializers draw them: from Keras's JSON
 * (`model.to_json()`, or the `config.json` of a `.keras` file) or from any model file that isn't weights alone.
 *
 * @throws FileFormatError, UnsupportedModelError
 */
export async function loadArchitecture(path: string): Promise<LayersModel> {
  const origin = basename(path);
  if (modelFormat(path) === 'tfjs') {
    const json = parseJson(await readFile(path, 'utf8'), origin, 'the model');
    if (isKerasObject(json)) {
      const version = typeof json.keras_version === 'string' ? json.keras_version : null;
      return modelFromConfig(json, { origin, keras3: version === null ? isKeras3Dialect(json) : isKeras3(version) });
    }
  }
  const stored = await openModelFile(path);
  try {
    const { architecture, keras3 } = stored;
    if (architecture === null) throw new FileFormatError(`${origin} holds weights alone, no architecture.`);
    return await modelFromConfig(architecture, { origin, keras3 });
  } finally {
    await stored.close();
  }
}

/** Keras 3 says for each object which module it is from. */
function isKeras3Dialect(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(isKeras3Dialect);
  if (!isRecord(value)) return false;
  return (isKerasObject(value) && 'module' in value) || Object.values(value).some(isKeras3Dialect);
}
