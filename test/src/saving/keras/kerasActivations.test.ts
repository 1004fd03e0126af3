import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toKerasConfig } from '../../../../src/saving/keras/toKerasConfig.js';
import { loadArchitecture } from '../../../../src/saving/loadArchitecture.js';
import { loadModel } from '../../../../src/saving/loadModel.js';
import { saveModel } from '../../../../src/saving/saveModel.js';

let folder: string;

beforeAll(async () => {
  await tf.setBackend('cpu');
  folder = mkdtempSync(join(tmpdir(), 'gradstream-test-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function activated(activation: string): Promise<LayersModel> {
  const file = join(folder, 'config.json');
  const layers = [
    { class_name: 'InputLayer', config: { name: 'in', batch_shape: [null, 8] } },
    { class_name: 'Activation', config: { name: 'a', activation } },
  ];
  const config = { class_name: 'Sequential', config: { name: 's', layers }, keras_version: '3.15.1' };
  await writeFile(file, JSON.stringify(config));
  return loadArchitecture(file);
}

const POINTS = [-4, -2, -0.7, -0.4, 0.3, 0.7, 2, 4];

/** By Keras 3.15.1. */
const expected: Readonly<Record<string, readonly number[]>> = {
  celu: [-0.981684, -0.864665, -0.503415, -0.32968, 0.3, 0.7, 2, 4],
  exponential: [0.0183156, 0.135335, 0.496585, 0.67032, 1.34986, 2.01375, 7.38906, 54.59815],
  hard_shrink: [-4, -2, -0.7, 0, 0, 0.7, 2, 4],
  hard_sigmoid: [0, 0.166667, 0.383333, 0.433333, 0.55, 0.616667, 0.833333, 1],
  hard_silu: [0, -0.333333, -0.268333, -0.173333, 0.165, 0.431667, 1.66667, 4],
  hard_swish: [0, -0.333333, -0.268333, -0.173333, 0.165, 0.431667, 1.66667, 4],
  hard_tanh: [-1, -1, -0.7, -0.4, 0.3, 0.7, 1, 1],
  leaky_relu: [-0.8, -0.4, -0.14, -0.08, 0.3, 0.7, 2, 4],
  log_sigmoid: [-4.01815, -2.12693, -1.10319, -0.913015, -0.554355, -0.403186, -0.126928, -0.0181499],
  soft_shrink: [-3.5, -1.5, -0.2, 0, 0, 0.2, 1.5, 3.5],
  sparse_plus: [0, 0, 0.0225, 0.09, 0.4225, 0.7225, 2, 4],
  sparse_sigmoid: [0, 0, 0.15, 0.3, 0.65, 0.85, 1, 1],
  squareplus: [0.236068, 0.414214, 0.709481, 0.819804, 1.16119, 1.40948, 2.41421, 4.23607],
  tanh_shrink: [-3.00067, -1.03597, -0.0956323, -0.020051, 0.00868738, 0.0956323, 1.03597, 3.00067],
};

describe('activations of Keras 3 that tfjs lacks', () => {
  it.each(Object.entries(expected))('%s', async (name, values) => {
    const x = tf.tensor2d(POINTS, [1, 8]);
    const model = await activated(name);
    const result = (model.predict(x) as tf.Tensor).dataSync();
    for (const [i, value] of values.entries()) expect(result[i]).toBeCloseTo(value, 5);

    const gradient = tf
      .grad(x => tf.sum(model.apply(x) as tf.Tensor))(x)
      .dataSync();
    const [above, below] = [0.01, -0.01].map(step => (model.predict(tf.add(x, step)) as tf.Tensor).dataSync());
    for (const [i, value] of gradient.entries()) expect(value).toBeCloseTo((above[i] - below[i]) / 0.02, 2);

    const file = join(folder, 'model.keras');
    await saveModel(model, file);
    const again = (await loadModel(file)).model.predict(x) as tf.Tensor;
    expect(again.dataSync()).toEqual(result);
  });
});

it("refuses to write tfjs's gelu_new, for which Keras has no name", async () => {
  const model = sequential({ layers: [layers.dense({ units: 1, inputShape: [1], activation: 'gelu_new' })] });
  expect(() => toKerasConfig(model)).toThrow(
    /Dense.*can't be written for Keras: Keras has no name for tfjs's gelu_new/,
  );
});
