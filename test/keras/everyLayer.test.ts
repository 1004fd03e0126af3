import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { UnsupportedModelError } from '../../src/error/unsupportedModelError.js';
import { loadModel } from '../../src/file/loadModel.js';
import { saveModel } from '../../src/file/saveModel.js';
import { kerasPython, kerasSide } from './kerasPython.js';

/** What Keras has and can't be converted, with what the error says of it. */
const unsupported: Readonly<Record<string, RegExp>> = {
  ActivityRegularization: /unknown layer class 'ActivityRegularization'/,
  CenterCrop: /CenterCrop.*changes its input's shape/,
  'Conv1D-causal': /Conv1D.*no 'padding' \(here "causal"\)/,
  Cropping1D: /unknown layer class 'Cropping1D'/,
  'ELU-alpha': /Non-default alpha value \(0\.5\)/,
  Resizing: /Resizing.*refuses its input/,
  UpSampling1D: /unknown layer class 'UpSampling1D'/,
  'UpSampling2D-bilinear': /UpSampling2D.*no 'interpolation' \(here "bilinear"\)/,
  ZeroPadding1D: /unknown layer class 'ZeroPadding1D'/,
};
/** What is loaded, but can't be written for Keras. */
const unwritable: Readonly<Record<string, RegExp>> = { RNN: /RNN.*cells/, 'RNN-stacked': /RNN.*cells/ };
/** Keras 3.15 can't open its own either: it takes the axes of a legacy config for one. */
const KERAS_FAILS = 'LayerNormalization.h5';
const tolerance = 1e-5;

let python: string;
let folder: string;
let table: readonly (readonly [name: string, shape: readonly number[]])[];

beforeAll(async () => {
  await tf.setBackend('cpu');
  python = await kerasPython();
  folder = mkdtempSync(join(tmpdir(), 'gradstream-keras-'));
  mkdirSync(join(folder, 'ours'));
  table = JSON.parse(await kerasSide(python, 'make', folder, 'keras_layers.py'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function floats(name: string): Float32Array {
  const bytes = readFileSync(join(folder, `${name}.f32`));
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}

/** The largest difference from Keras's predictions. */
async function difference(name: string, shape: readonly number[], suffix: string): Promise<number> {
  const { model } = await loadModel(join(folder, `${name}.${suffix}`));
  const x = tf.tensor(floats(`${name}.x`), [2, ...shape]);
  const ours = await (model.predict(x) as tf.Tensor).data();
  const expected = floats(`${name}.predictions`);
  expect(ours.length, name).toBe(expected.length);
  const saving = saveModel(model, join(folder, 'ours', `${name}.${suffix}`));
  await (name in unwritable ? expect(saving).rejects.toThrow(unwritable[name]) : saving);
  model.dispose();
  return expected.reduce((largest, value, i) => Math.max(largest, Math.abs(value - ours[i])), 0);
}

it.each(['h5', 'keras'])('each layer predicts as in Keras after it is loaded from .%s, or is refused', async suffix => {
  for (const [name, shape] of table) {
    const problem = unsupported[name];
    if (problem === undefined) {
      const result = await difference(name, shape, suffix).catch((error: Error) => error.message);
      expect.soft(Number(result), `${name}: ${result}`).toBeLessThan(tolerance);
      continue;
    }
    const loading = loadModel(join(folder, `${name}.${suffix}`));
    await expect.soft(loading, name).rejects.toThrow(problem);
    await expect.soft(loading, name).rejects.toThrow(UnsupportedModelError);
  }
});

it('what is written back predicts in Keras as before', async () => {
  const report: readonly (readonly [string, number | string])[] = JSON.parse(
    await kerasSide(python, 'check', join(folder, 'ours'), 'keras_layers.py'),
  );
  expect(report).toHaveLength(2 * (table.length - Object.keys({ ...unsupported, ...unwritable }).length));
  for (const [file, result] of report.filter(([file]) => file !== KERAS_FAILS))
    expect.soft(Number(result), `${file}: ${result}`).toBeLessThan(tolerance);
});
