import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { UnsupportedModelError } from '../../src/error/unsupportedModelError.js';
import { createLearner } from '../../src/learner/createLearner.js';
import { optimizerFromConfig } from '../../src/optimizer/optimizerFromConfig.js';
import { kerasLayers } from '../../src/saving/keras/kerasLayers.js';
import { loadModel } from '../../src/saving/loadModel.js';
import { saveModel } from '../../src/saving/saveModel.js';
import { nativeOrNull } from '../helpers/native.js';
import { kerasPython, kerasSide } from './kerasPython.js';
import { largestDifference, oneStep, valuesBatch } from './oneStep.js';

/** What Keras has and can't be read, with what the error says of it. */
const unsupported: Readonly<Record<string, RegExp>> = {
  'AveragePooling1D-first': /AveragePooling1D.*'data_format' "channels_first" is not known here/,
  CenterCrop: /CenterCrop.*changes its input's shape/,
  'Conv3D-dilated': /Conv3D.*'dilation_rate' \[2,2,2\] is not known here/,
  'Conv2DTranspose-dilated': /Conv2DTranspose.*'dilation_rate' \[2,2\] is not known here/,
  'Dense-activity': /Dense.*'activity_regularizer'.*put a layer ActivityRegularization/,
  'Embedding-encoder-scaled': /operation of keras\.ops ends the mask/,
  'MultiHeadAttention-mask': /MultiHeadAttention.*called with the argument 'attention_mask'/,
  'Operation-broadcast': /operation of keras\.ops/,
  'Operation-power': /Power.*operation of keras\.ops/,
  Resizing: /Resizing.*refuses its input/,
  'SeparableConv2D-first': /SeparableConv2D.*'data_format' "channels_first" is not known here/,
};
/** What is read, but can't be written for Keras. */
const unwritable: Readonly<Record<string, RegExp>> = {
  RNN: /RNN.*cells/,
  'RNN-reset-after': /RNN.*cells/,
  'RNN-stacked': /RNN.*cells/,
  ThresholdedReLU: /Keras 3 has no such layer/,
};
/**
 * Keras 3.15 opens its own wrong, too: of several axes in a legacy config it takes the last, and it doesn't say there where the
 * layers of its applications are.
 */
const KERAS_FAILS = [
  ...['LayerNormalization.h5', 'Normalization.h5', 'RMSNormalization-axes.h5', 'UnitNormalization-axes.h5'],
  ...['CustomScaleLayer.h5', 'LayerScale.h5', 'StochasticDepth.h5'],
];
/** tfjs has no gradient of these. */
const untrainable: readonly string[] = ['Conv3DTranspose'];
/** Among equal largest values, oneDNN's gradient chooses otherwise than TensorFlow's own kernel, which Keras and eager training use. */
const hasTies = (name: string): boolean => name.startsWith('MaxPooling3D');
/** Layers that draw numbers in training, which are others in Keras. */
const isRandom = (name: string): boolean => /Dropout|Gaussian|StochasticDepth/.test(name);
const tolerance = 1e-5;
const rows = 2;

let python: string;
let folder: string;
let table: readonly (readonly [name: string, shape: readonly number[]])[];

beforeAll(async () => {
  if ((await nativeOrNull()) === null) await tf.setBackend('cpu');
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

/** Writes a file back, and tells the largest differences from what Keras predicts, and reaches by one update. */
async function differences(
  name: string,
  shape: readonly number[],
  suffix: string,
): Promise<Readonly<Record<string, number>>> {
  const { model, training } = await loadModel(join(folder, `${name}.${suffix}`));
  if (training?.optimizer == null) throw new Error('The file says nothing of training.');
  const { optimizer, loss } = training;
  const saving = saveModel(model, join(folder, 'ours', `${name}.${suffix}`), { optimizer, loss });
  await (name in unwritable ? expect(saving).rejects.toThrow(unwritable[name]) : saving);
  if (untrainable.includes(name)) {
    const output = model.predict(tf.tensor(floats(`${name}.x`), [rows, ...shape])) as tf.Tensor;
    return { predictions: largestDifference(await output.data(), floats(`${name}.predictions`)) };
  }
  const learner = createLearner({
    model,
    optimizer: optimizerFromConfig(optimizer.className, optimizer.parameters),
    loss: String(loss),
    ...(hasTies(name) ? { compile: false } : {}),
  });
  const x = floats(`${name}.x`);
  const y = floats(`${name}.y`);
  const { shape: yShape } = await learner.predict({ data: x, shape: [rows, ...shape] });
  const batch = valuesBatch(x, [rows, ...shape], y, [...yShape]);
  const found = await oneStep(learner, model, batch, { iterations: 0, learningRate: 0.01 });
  model.dispose();
  const keys = ['predictions', 'loss', 'weights'] as const;
  return Object.fromEntries(keys.map(key => [key, largestDifference(found[key], floats(`${name}.${key}`))]));
}

/** What is wrong with a file, in words. */
function problems(file: string, found: Readonly<Record<string, number>> | string): string[] {
  if (typeof found === 'string') return [`${file}: ${found}`];
  return Object.entries(found)
    .filter(([key, difference]) => !(difference < tolerance) && (key === 'predictions' || !isRandom(file)))
    .map(([key, difference]) => `${file}: ${key} ${difference}`);
}

it.each(['h5', 'keras'])(
  'each layer predicts and trains as in Keras after it is loaded from .%s, or is refused',
  async suffix => {
    const wrong: string[] = [];
    for (const [name, shape] of table) {
      const problem = unsupported[name];
      if (problem === undefined) {
        wrong.push(...problems(name, await differences(name, shape, suffix).catch((error: Error) => error.message)));
        continue;
      }
      const loading = loadModel(join(folder, `${name}.${suffix}`));
      await expect.soft(loading, name).rejects.toThrow(problem);
      await expect.soft(loading, name).rejects.toThrow(UnsupportedModelError);
    }
    expect(wrong).toEqual([]);
  },
);

it('what is written back predicts and trains in Keras as before', async () => {
  const report: readonly (readonly [string, Readonly<Record<string, number>> | string])[] = JSON.parse(
    await kerasSide(python, 'check', join(folder, 'ours'), 'keras_layers.py'),
  );
  expect(report).toHaveLength(2 * (table.length - Object.keys({ ...unsupported, ...unwritable }).length));
  const checked = report.filter(([file]) => !KERAS_FAILS.includes(file));
  expect(checked.flatMap(([file, found]) => problems(file, found))).toEqual([]);
});

it('each layer class of Keras is in the table, and what is read has been tried', async () => {
  const classes: readonly string[] = JSON.parse(await kerasSide(python, 'classes', folder, 'keras_layers.py'));
  expect(classes.filter(name => !Object.hasOwn(kerasLayers, name))).toEqual([]);
  const tried = new Set(table.map(([name]) => name.split('-')[0]));
  const read = Object.entries(kerasLayers).filter(([, { refused, missing }]) => (refused ?? missing) === undefined);
  const withinOthers = ['GRUCell', 'InputLayer', 'LSTMCell', 'SimpleRNNCell', 'StackedRNNCells'];
  expect(read.map(([name]) => name).filter(name => !tried.has(name) && !withinOthers.includes(name))).toEqual([]);
});
