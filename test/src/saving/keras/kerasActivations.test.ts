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
    { class_name: 'InputLayer', config: { name: 'in', batch_shape: [null, 4] } },
    { class_name: 'Activation', config: { name: 'a', activation } },
  ];
  const config = { class_name: 'Sequential', config: { name: 's', layers }, keras_version: '3.15.1' };
  await writeFile(file, JSON.stringify(config));
  return loadArchitecture(file);
}

const softplus = (x: number): number => Math.log(1 + Math.exp(x));

/** At −2, −0.4, 0.3 and 2. */
const expected: Readonly<Record<string, readonly number[]>> = {
  celu: [Math.exp(-2) - 1, Math.exp(-0.4) - 1, 0.3, 2],
  exponential: [-2, -0.4, 0.3, 2].map(Math.exp),
  hard_shrink: [-2, 0, 0, 2],
  hard_silu: [-2 / 6, (-0.4 * 2.6) / 6, (0.3 * 3.3) / 6, (2 * 5) / 6],
  hard_swish: [-2 / 6, (-0.4 * 2.6) / 6, (0.3 * 3.3) / 6, (2 * 5) / 6],
  hard_tanh: [-1, -0.4, 0.3, 1],
  leaky_relu: [-0.4, -0.08, 0.3, 2],
  log_sigmoid: [2, 0.4, -0.3, -2].map(x => -softplus(x)),
  soft_shrink: [-1.5, 0, 0, 1.5],
  sparse_plus: [0, 0.09, 0.4225, 2],
  sparse_sigmoid: [0, 0.3, 0.65, 1],
  squareplus: [-2, -0.4, 0.3, 2].map(x => (x + Math.sqrt(x * x + 4)) / 2),
  tanh_shrink: [-2, -0.4, 0.3, 2].map(x => x - Math.tanh(x)),
};

describe('activations of Keras 3 that tfjs lacks', () => {
  it.each(Object.entries(expected))('%s', async (name, values) => {
    const x = tf.tensor2d([-2, -0.4, 0.3, 2], [1, 4]);
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
