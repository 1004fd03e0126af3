import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLearner } from '../../src/learner/createLearner.js';
import { sgd } from '../../src/optimizer/sgd.js';
import { loadModel } from '../../src/saving/loadModel.js';
import { saveModel } from '../../src/saving/saveModel.js';
import { nativeOrNull } from '../helpers/native.js';
import { kerasPython, kerasSide } from './kerasPython.js';
import { largestDifference, valuesBatch } from './oneStep.js';

type Application = readonly [name: string, input: number[], output: number[], loss: number | null];

/** Of the largest prediction, or of the loss. */
const tolerance = 1e-5;

let python: string;
let folder: string;
let applications: readonly Application[];

beforeAll(async () => {
  if ((await nativeOrNull()) === null) await tf.setBackend('cpu');
  python = await kerasPython();
  folder = mkdtempSync(join(tmpdir(), 'gradstream-applications-'));
  mkdirSync(join(folder, 'ours'));
  applications = JSON.parse(await kerasSide(python, 'make', folder, 'keras_applications.py'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function floats(name: string): Float32Array {
  const bytes = readFileSync(join(folder, `${name}.f32`));
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}

const largest = (values: Float32Array): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

it.each(['h5', 'keras'])("each of Keras's applications predicts and trains as in Keras, from .%s", async suffix => {
  const wrong: string[] = [];
  for (const [name, input, output, loss] of applications) {
    const { model } = await loadModel(join(folder, `${name}.${suffix}`));
    if (suffix === 'keras') await saveModel(model, join(folder, 'ours', `${name}.keras`));
    const learner = createLearner({ model, optimizer: sgd(), loss: 'mse' });
    const x = { data: floats(`${name}.x`), shape: input };
    const expected = floats(`${name}.y`);
    const { data } = await learner.predict(x);
    const difference = largestDifference(data as Float32Array, expected) / largest(expected);
    if (!(difference < tolerance)) wrong.push(`${name}: predictions differ by ${difference}`);
    const batch = valuesBatch(x.data, input, new Float32Array(expected.length), output);
    const step = await learner.step(batch, { iterations: 0, learningRate: 0.01 });
    if (loss !== null && !(Math.abs(step.loss - loss) < tolerance * Math.abs(loss))) {
      wrong.push(`${name}: the loss of a training step is ${step.loss}, in Keras ${loss}`);
    }
    await learner.dispose();
    model.dispose();
  }
  expect(wrong).toEqual([]);
});

it('what is written back predicts in Keras as before', async () => {
  const report: readonly (readonly [string, number])[] = JSON.parse(
    await kerasSide(python, 'check', join(folder, 'ours'), 'keras_applications.py'),
  );
  expect(report).toHaveLength(applications.length);
  expect(report.filter(([, difference]) => !(difference < tolerance))).toEqual([]);
});
