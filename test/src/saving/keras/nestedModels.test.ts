import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { input, type LayersModel, layers, model, type SymbolicTensor, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { toKerasConfig } from '../../../../src/saving/keras/toKerasConfig.js';
import { loadArchitecture } from '../../../../src/saving/loadArchitecture.js';
import { loadModel, loadWeights } from '../../../../src/saving/loadModel.js';
import { saveModel } from '../../../../src/saving/saveModel.js';
import { temporaryFolder } from '../../file/temporaryFolder.js';

beforeAll(() => tf.setBackend('cpu'));

type End = readonly [layer: string, node: number, tensor: number];

const rescaling = { class_name: 'Rescaling', name: 'r', config: { name: 'r', trainable: true, scale: 2, offset: 1 } };
const entry = (name: string) => ({
  class_name: 'InputLayer',
  name,
  config: { name, batch_shape: [null, 1] },
  inbound_nodes: [],
});
/** A call as Keras 3 writes it. */
const call = (name: string, node: number) => ({
  args: [{ class_name: '__keras_tensor__', config: { shape: [null, 1], keras_history: [name, node, 0] } }],
  kwargs: {},
});

/** 2x + 1, as a model that stands in another by the name `f`. */
const within = {
  Functional: {
    name: 'f',
    layers: [entry('a'), { ...rescaling, inbound_nodes: [call('a', 0)] }],
    input_layers: [['a', 0, 0]],
    output_layers: [['r', 0, 0]],
  },
  Sequential: { name: 'f', layers: [entry('a'), rescaling] },
};

async function load(
  class_name: keyof typeof within,
  inbound_nodes: readonly unknown[],
  output_layers: End | readonly End[],
): Promise<LayersModel> {
  const nested = { class_name, name: 'f', config: within[class_name], inbound_nodes };
  const config = { name: 'm', layers: [entry('x'), nested], input_layers: ['x', 0, 0], output_layers };
  const file = join(temporaryFolder(), 'config.json');
  await writeFile(file, JSON.stringify({ class_name: 'Functional', config, keras_version: '3.15.1' }));
  return loadArchitecture(file);
}

const predict = (model: LayersModel): number[] =>
  tf.tidy(() => [model.predict(tf.ones([1, 1]))].flat().map(output => output.dataSync()[0]));

describe('a model that ends in a model', () => {
  const [once, twice] = [[call('x', 0)], [call('x', 0), call('f', 0)]];

  // As real Keras 3.15 writes and reads them.
  it.each<[string, keyof typeof within, unknown[], End | End[], number[]]>([
    ['a functional one', 'Functional', once, ['f', 1, 0], [3]],
    ['a functional one, called twice', 'Functional', twice, ['f', 2, 0], [7]],
    [
      'both calls of a functional one',
      'Functional',
      twice,
      [
        ['f', 2, 0],
        ['f', 1, 0],
      ],
      [7, 3],
    ],
    ['a Sequential', 'Sequential', once, ['f', 0, 0], [3]],
    ['a Sequential, called twice', 'Sequential', twice, ['f', 1, 0], [7]],
    [
      'both calls of a Sequential',
      'Sequential',
      twice,
      [
        ['f', 1, 0],
        ['f', 0, 0],
      ],
      [7, 3],
    ],
  ])('%s', async (_, className, calls, ends, expected) => {
    const model = await load(className, calls, ends);
    expect(predict(model)).toEqual(expected);
    expect(toKerasConfig(model).config.output_layers).toEqual(ends);
  });

  it('may say 0 for the last call of a functional one, as Keras reads it', async () => {
    expect(predict(await load('Functional', once, ['f', 0, 0]))).toEqual([3]);
    expect(predict(await load('Functional', twice, ['f', 0, 0]))).toEqual([7]);
  });

  it('counts from 1 all through in a file of Keras 2', async () => {
    const calls = [[['x', 0, 0, {}]], [['f', 1, 0, {}]]];
    expect(predict(await load('Functional', calls, [['f', 2, 0]]))).toEqual([7]);
    expect(predict(await load('Sequential', calls, [['f', 2, 0]]))).toEqual([7]);
  });
});

describe('a model in a wrapper', () => {
  const parts = () => [
    layers.dense({ units: 2, inputShape: [3], name: 'd' }),
    layers.batchNormalization({ name: 'n' }),
  ];
  const functional = (): LayersModel => {
    const inputs = input({ shape: [3], name: 'a' });
    return model({
      inputs,
      outputs: parts().reduce((x, layer) => layer.apply(x) as SymbolicTensor, inputs),
      name: 'f',
    });
  };
  const wrapped = (inner: layers.Layer, inputShape = [4, 3]): LayersModel =>
    sequential({ layers: [layers.timeDistributed({ layer: inner, inputShape, name: 't' })] });

  it('is written as the model that it is', () => {
    const inner = (of: layers.Layer, shape?: number[]): unknown => {
      const [, { config }] = toKerasConfig(wrapped(of, shape)).config.layers as { config: { layer: unknown } }[];
      return config.layer;
    };
    expect(inner(functional())).toMatchObject({
      module: 'keras.src.models.functional',
      class_name: 'Functional',
      registered_name: 'Functional',
      config: { name: 'f', input_layers: ['a', 0, 0], output_layers: ['n', 0, 0] },
    });
    expect(inner(sequential({ name: 's', layers: parts() }))).toMatchObject({
      module: 'keras',
      class_name: 'Sequential',
      config: { name: 's', layers: [{ class_name: 'InputLayer' }, { class_name: 'Dense' }, {}] },
    });
    expect(inner(layers.timeDistributed({ layer: functional() }), [5, 4, 3])).toMatchObject({
      class_name: 'TimeDistributed',
      config: { layer: { class_name: 'Functional', module: 'keras.src.models.functional' } },
    });
  });

  it.each<[string, () => layers.Layer]>([
    ['functional', functional],
    ['Sequential', () => sequential({ name: 's', layers: parts() })],
  ])('%s, comes back from all formats', async (_, inner) => {
    const whole = wrapped(inner());
    const outputs = (model: LayersModel) =>
      tf.tidy(() => [...(model.predict(tf.reshape(tf.range(0, 12), [1, 4, 3])) as tf.Tensor).dataSync()]);
    const folder = temporaryFolder();
    for (const suffix of ['keras', 'h5', 'weights.h5']) await saveModel(whole, join(folder, `m.${suffix}`));
    for (const suffix of ['keras', 'h5']) {
      expect(outputs((await loadModel(join(folder, `m.${suffix}`))).model)).toEqual(outputs(whole));
    }
    const fresh = wrapped(inner());
    await loadWeights(fresh, join(folder, 'm.weights.h5'));
    expect(outputs(fresh)).toEqual(outputs(whole));
  });
});
