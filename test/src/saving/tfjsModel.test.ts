import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FileFormatError } from '../../../src/error/fileFormatError.js';
import { loadModel } from '../../../src/saving/loadModel.js';
import { saveModel } from '../../../src/saving/saveModel.js';

interface Spec {
  name: string;
  shape: number[];
  dtype: string;
  quantization?: { dtype: string; scale: number; min: number };
}

interface ModelJson {
  modelTopology: unknown;
  weightsManifest: { paths: string[]; weights: Spec[] }[];
}

let folder = '';
let file = '';
const kernel = [0, 1, 2, 3, 4, 5];
beforeEach(async () => {
  await tf.setBackend('cpu');
  folder = mkdtempSync(join(tmpdir(), 'gradstream-test-'));
  file = join(folder, 'model.json');
  const model = sequential({ layers: [layers.dense({ inputShape: [3], units: 2, useBias: false })] });
  tf.tidy(() => model.setWeights([tf.tensor2d(kernel, [3, 2])]));
  await saveModel(model, file);
});
afterEach(() => rmSync(folder, { recursive: true }));

function change(edit: (json: ModelJson) => unknown): void {
  const json = JSON.parse(readFileSync(file, 'utf8'));
  edit(json);
  writeFileSync(file, JSON.stringify(json));
}

const binaryOf = ({ weightsManifest }: ModelJson): string => join(folder, weightsManifest[0].paths[0]);

it.each<[string, (json: ModelJson) => unknown, RegExp]>([
  [
    'of another kind',
    json => (json.modelTopology = { node: [] }),
    /not a layers model \(graph models have no layers\)/,
  ],
  ['without a topology', json => (json.modelTopology = null), /no 'modelTopology'/],
  ['without a manifest', json => (json.weightsManifest = null as never), /'weightsManifest' is damaged or missing/],
  ['with a shape that is none', json => (json.weightsManifest[0].weights[0].shape = [-3, 2]), /'weightsManifest' is/],
  ['without its weights', json => rmSync(binaryOf(json)), /the weights file '.*' is missing/],
  [
    'with weights elsewhere',
    json => (json.weightsManifest[0].paths = ['../x.bin']),
    /refused: .* not beside the model/,
  ],
  ['with cut weights', json => writeFileSync(binaryOf(json), new Uint8Array(23)), /cut: .*\[3,2\] ends behind the 23/],
  ['with weights of another', json => writeFileSync(binaryOf(json), new Uint8Array(28)), /28 bytes, where .* have 24/],
  ['of texts', json => (json.weightsManifest[0].weights[0].dtype = 'string'), /is stored as string; known: float32/],
])('refuses a tfjs model %s', async (_, edit, message) => {
  change(edit);
  await expect(loadModel(file)).rejects.toThrow(FileFormatError);
  await expect(loadModel(file)).rejects.toThrow(message);
});

it('takes no memory for weights that the config asks for and the file cannot have, nor keeps any', async () => {
  const model = sequential({ layers: [layers.dense({ inputShape: [3], units: 2 }), layers.dense({ units: 1 })] });
  await saveModel(model, file);
  const { numTensors } = tf.memory();
  change(json => {
    const text = JSON.stringify(json.modelTopology).replace('"units":1,', '"units":400000000,');
    json.modelTopology = JSON.parse(text);
  });
  const loading = loadModel(file);
  await expect(loading).rejects.toThrow(FileFormatError);
  await expect(loading).rejects.toThrow(
    /its kernel would have shape \[2,400000000\], but the file stores only 11 numbers/,
  );
  expect(tf.memory().numTensors).toBe(numTensors);
  model.dispose();
});

it('draws the weights of models that are built after a file was refused', async () => {
  change(json => (json.weightsManifest[0].weights[0].shape = [3, 3]));
  await expect(loadModel(file)).rejects.toThrow(FileFormatError);
  const [weights] = sequential({ layers: [layers.dense({ inputShape: [3], units: 2 })] }).getWeights();
  expect([...weights.dataSync()]).not.toContain(0);
});

it('says that it cannot be written, and leaves no weights behind', async () => {
  const { model } = await loadModel(file);
  const blocked = join(folder, 'blocked.json');
  mkdirSync(blocked);
  const before = readdirSync(folder);
  await expect(saveModel(model, blocked)).rejects.toThrow(/blocked\.json/);
  expect(readdirSync(folder)).toEqual(before);
});

it('multiplies quantized weights out, and reads them from several files', async () => {
  change(json => {
    const [group] = json.weightsManifest;
    group.weights[0].quantization = { dtype: 'uint8', scale: 0.5, min: -1 };
    group.paths = ['first.bin', 'second.bin'];
  });
  writeFileSync(join(folder, 'first.bin'), Uint8Array.of(0, 1, 2, 3));
  writeFileSync(join(folder, 'second.bin'), Uint8Array.of(4, 255));
  const { model } = await loadModel(file);
  expect(Array.from(model.getWeights()[0].dataSync())).toEqual([-1, -0.5, 0, 0.5, 1, 126.5]);
});
