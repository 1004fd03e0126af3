import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { sizeOf } from '../array/hostArray.js';
import { FileFormatError } from '../error/fileFormatError.js';
import type { StoredData } from '../file/storedArray.js';
import { isRecord } from '../text/json.js';
import { isKerasObject, type KerasObject } from './keras/kerasConfig.js';
import { modelConfig } from './keras/modelConfig.js';
import type { ModelContents } from './keras/modelContents.js';
import { parseJson } from './keras/parseJson.js';
import { isKeras3 } from './keras/readH5Model.js';
import type { SavedLayer, SavedWeight } from './keras/savedLayers.js';
import type { StoredModel, StoredWeight, WeightMatch } from './keras/storedModel.js';
import { readTrainingConfig, writeTrainingConfig } from './keras/trainingConfig.js';

const MAX_JSON_BYTES = 64 * 1024 * 1024;

interface Spec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly quantization?: { readonly dtype: string; readonly scale?: number; readonly min?: number };
}

interface WeightGroup {
  readonly paths: readonly string[];
  readonly weights: readonly Spec[];
}

/** Bytes a number and how they are read, by stored type. */
const TYPES: Readonly<
  Record<string, { readonly bytes: number; readonly Data: new (buffer: ArrayBuffer) => StoredData }>
> = {
  float32: { bytes: 4, Data: Float32Array },
  int32: { bytes: 4, Data: Int32Array },
  bool: { bytes: 1, Data: Uint8Array },
  uint8: { bytes: 1, Data: Uint8Array },
};

/**
 * Opens a tfjs layers model: `model.json` with the topology, in tfjs's own or Keras's words, and a manifest of weights
 * that lie in binary files beside it. A quantized weight is multiplied out. Graph models (converted SavedModels) have no
 * layers and can't be read.
 */
export async function openTfjsModel(path: string, origin: string): Promise<StoredModel> {
  const fail = (problem: string): FileFormatError => new FileFormatError(`${origin}: ${problem}.`);
  if ((await stat(path)).size > MAX_JSON_BYTES) throw fail(`more than ${MAX_JSON_BYTES} bytes of JSON`);
  const json = parseJson(await readFile(path, 'utf8'), origin, 'the model');
  if (!isRecord(json) || !isRecord(json.modelTopology))
    throw fail("there is no 'modelTopology': not a tfjs layers model");
  const topology = json.modelTopology;
  const architecture = topology.model_config ?? topology;
  if (!isKerasObject(architecture)) throw fail('its topology is not a layers model (graph models have no layers)');
  const version = typeof topology.keras_version === 'string' ? topology.keras_version : null;
  const { userDefinedMetadata } = json;
  const ownTraining = isRecord(userDefinedMetadata) ? userDefinedMetadata.training_config : undefined;
  const weights: StoredWeight[] = [];
  for (const group of checkManifest(json.weightsManifest, fail)) {
    weights.push(...(await readGroup(group, dirname(path), fail)));
  }
  return {
    origin,
    format: 'tfjs',
    writer: version === null ? null : version.startsWith('tfjs') ? version : `Keras ${version}`,
    keras3: isKeras3(version),
    architecture: architecture as KerasObject,
    training: readTrainingConfig(topology.training_config ?? ownTraining),
    weights,
    optimizerArrays: [],
    match: layers => matchByName(weights, layers, origin),
    close: async () => {},
  };
}

function checkManifest(manifest: unknown, fail: (problem: string) => FileFormatError): readonly WeightGroup[] {
  const isGroup = (group: unknown): group is WeightGroup =>
    isRecord(group) &&
    Array.isArray(group.paths) &&
    group.paths.every(path => typeof path === 'string') &&
    Array.isArray(group.weights) &&
    group.weights.every(isSpec);
  if (!Array.isArray(manifest) || !manifest.every(isGroup)) throw fail("its 'weightsManifest' is damaged or missing");
  return manifest;
}

const isSpec = (spec: unknown): spec is Spec =>
  isRecord(spec) &&
  typeof spec.name === 'string' &&
  typeof spec.dtype === 'string' &&
  Array.isArray(spec.shape) &&
  spec.shape.every(dim => Number.isSafeInteger(dim) && dim >= 0);

/** Weights of a group stand one after the other in its files, without regard to where one file ends. */
async function readGroup(
  { paths, weights }: WeightGroup,
  folder: string,
  fail: (problem: string) => FileFormatError,
): Promise<StoredWeight[]> {
  const parts: Buffer[] = [];
  for (const path of paths) {
    if (/[/\\]|^\.\.$/.test(path)) throw fail(`refused: the weights file '${path}' is not beside the model`);
    const part = await readFile(join(folder, path)).catch(() => null);
    if (part === null) throw fail(`the weights file '${path}' is missing`);
    parts.push(part);
  }
  const bytes = parts.length === 1 ? parts[0] : Buffer.concat(parts);
  let at = 0;
  const found = weights.map(({ name, shape, dtype, quantization }) => {
    const stored = quantization?.dtype ?? dtype;
    const type = TYPES[stored];
    if (type === undefined)
      throw fail(`the weight '${name}' is stored as ${stored}; known: ${Object.keys(TYPES).join(', ')}`);
    const from = at;
    at += sizeOf(shape) * type.bytes;
    if (at > bytes.length)
      throw fail(`cut: the weight '${name}' of shape [${shape}] ends behind the ${bytes.length} bytes`);
    const read = (): StoredData => {
      const data = new type.Data(Uint8Array.from(bytes.subarray(from, from + sizeOf(shape) * type.bytes)).buffer);
      const { scale, min } = quantization ?? {};
      return scale === undefined ? data : Float32Array.from(data as Uint8Array, value => value * scale + (min ?? 0));
    };
    return { name, shape, layer: name.slice(0, Math.max(0, name.lastIndexOf('/'))), read };
  });
  if (at < bytes.length) {
    throw fail(
      `${paths.join(', ')}: ${bytes.length} bytes, where the model's weights have ${at}: those of another model`,
    );
  }
  return found;
}

/**
 * tfjs and its converter name weights in slightly different ways: `lstm_1/kernel`, `lstm_1/lstm_cell/kernel`,
 * `lstm_1/kernel:0`. What counts is the name of the layer, somewhere, and the weight's own, at the end.
 */
function matchByName(weights: readonly StoredWeight[], layers: readonly SavedLayer[], origin: string): WeightMatch[] {
  const left = weights.map(array => ({ array, parts: array.name.replace(/:\d+$/, '').split('/') }));
  const take = (names: readonly string[], weight: SavedWeight): StoredWeight => {
    const ends = [weight.name, weight.originalName.slice(weight.originalName.lastIndexOf('/') + 1)];
    const fits = (layer: string) =>
      left.findIndex(({ parts }) => ends.includes(parts.at(-1)?.replace(/_\d+$/, '') ?? '') && parts.includes(layer));
    const index = [...names].reverse().reduce((found, layer) => (found >= 0 ? found : fits(layer)), -1);
    if (index < 0)
      throw new FileFormatError(`${origin}: the weight '${[...names, weight.name].join('/')}' is missing.`);
    return left.splice(index, 1)[0].array;
  };
  return layers.flatMap(({ names, weights: expected }) =>
    expected.map(weight => ({ layer: names.join('/'), weight, array: take(names, weight) })),
  );
}

/** A model as `model.json` and the bytes of the one file of weights that it names. */
export async function writeTfjsModel(
  { model, layers, readWeight, training }: ModelContents,
  binary: string,
): Promise<{ readonly json: string; readonly bytes: Uint8Array }> {
  const specs: Spec[] = [];
  const parts: Uint8Array[] = [];
  for (const { weights } of layers) {
    for (const weight of weights) {
      const data = await readWeight(weight);
      // tfjs finds a weight by the name that the variable was made with.
      specs.push({ name: weight.originalName, shape: weight.shape, dtype: weight.variable.dtype });
      parts.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    }
  }
  const json = {
    format: 'layers-model',
    generatedBy: 'gradstream',
    convertedBy: null,
    modelTopology: modelConfig(model),
    // Not as 'trainingConfig': tfjs would look for an optimizer class of its own under Keras's name, and fail.
    ...(training === null ? {} : { userDefinedMetadata: { training_config: writeTrainingConfig(training, 'h5') } }),
    weightsManifest: [{ paths: [binary], weights: specs }],
  };
  return { json: JSON.stringify(json), bytes: Buffer.concat(parts) };
}
