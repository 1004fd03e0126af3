import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import {
  type LayersModel,
  layers,
  type SymbolicTensor,
  input as tfInput,
  model as tfModel,
  sequential as tfSequential,
} from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { UnsupportedModelError } from '../../../../src/error/unsupportedModelError.js';
import { toKerasConfig } from '../../../../src/saving/keras/toKerasConfig.js';
import { loadArchitecture } from '../../../../src/saving/loadArchitecture.js';
import { loadModel } from '../../../../src/saving/loadModel.js';
import { saveModel } from '../../../../src/saving/saveModel.js';
import { temporaryFolder } from '../../file/temporaryFolder.js';

beforeAll(() => tf.setBackend('cpu'));

interface Layer {
  readonly class_name: string;
  readonly config: object;
}

const layer = (class_name: string, config: object = {}): Layer => ({ class_name, config });

async function load(config: object): Promise<LayersModel> {
  const file = join(temporaryFolder(), 'config.json');
  await writeFile(file, JSON.stringify({ ...config, keras_version: '3.15.1' }));
  return loadArchitecture(file);
}

function sequential(shape: (number | null)[], ...layers: Layer[]): Promise<LayersModel> {
  const input = layer('InputLayer', { name: 'in', batch_shape: shape });
  const named = layers.map(({ class_name, config }, i) => layer(class_name, { name: `l${i}`, ...config }));
  return load({ class_name: 'Sequential', config: { name: 's', layers: [input, ...named] } });
}

const tensor = (name: string) => ({
  class_name: '__keras_tensor__',
  config: { shape: [null, 4, 4], dtype: 'float32', keras_history: [name, 0, 0] },
});

/** A layer of a functional model, called with the tensors of others. */
const placed = (class_name: string, name: string, config: object, args: unknown[], kwargs: object = {}) => ({
  ...layer(class_name, { name, ...config }),
  name,
  inbound_nodes: args.length === 0 ? [] : [{ args, kwargs }],
});

const functional = (layers: readonly { readonly name: string }[]): Promise<LayersModel> =>
  load({
    class_name: 'Functional',
    config: {
      name: 'f',
      layers,
      input_layers: [['in', 0, 0]],
      output_layers: [[layers[layers.length - 1].name, 0, 0]],
    },
  });

describe('a layer as an activation', () => {
  const asActivation = (activation: Layer) => sequential([null, 3], layer('Dense', { units: 2, activation }));

  it.each([
    [layer('ReLU', { name: 'anything', max_value: null, negative_slope: 0, threshold: 0 }), 'relu'],
    [layer('ReLU', { name: 'relu', max_value: 6 }), 'relu6'],
    [layer('ELU', { name: 'elu', alpha: 1 }), 'elu'],
    [layer('Softmax', { name: 's', axis: -1 }), 'softmax'],
    [layer('Activation', { name: 'sigmoid', activation: 'tanh' }), 'tanh'],
  ])('is the function that it stands for: %j', async (given, name) => {
    const [dense] = (await asActivation(given)).layers;
    expect((dense as unknown as { activation: { getClassName(): string } }).activation.getClassName()).toBe(name);
  });

  it.each([
    layer('ReLU', { name: 'relu', max_value: 0.5 }),
    layer('ELU', { name: 'elu', alpha: 0.3 }),
    layer('Softmax', { name: 'softmax', axis: 1 }),
  ])('is refused where tfjs has no function like it, whatever its name: %j', async given => {
    await expect(asActivation(given)).rejects.toThrow(/its activation is a layer/);
  });
});

describe('a Bidirectional', () => {
  const lstm = (config: object) =>
    layer('LSTM', { units: 2, activation: 'tanh', recurrent_activation: 'sigmoid', ...config });
  const bidirectional = (backward: Layer) =>
    sequential([null, 4, 3], layer('Bidirectional', { layer: lstm({ name: 'forward' }), backward_layer: backward }));

  it('is read where its layers differ in name and direction', async () => {
    const model = await bidirectional(lstm({ name: 'backward', go_backwards: true }));
    expect(model.outputs[0].shape).toEqual([null, 4]);
  });

  it.each([lstm({ activation: 'relu' }), lstm({ units: 3 }), layer('GRU', { units: 2 })])(
    'is refused where they differ otherwise: %j',
    async backward => {
      await expect(bidirectional(backward)).rejects.toThrow(/its 'backward_layer' is another one/);
    },
  );
});

it('counts a negative axis of a Concatenate from behind', async () => {
  const layers = [
    placed('InputLayer', 'in', { batch_shape: [null, 4, 4] }, []),
    placed('Concatenate', 'c', { axis: -2, trainable: true }, [[tensor('in'), tensor('in')]]),
  ];
  const model = await functional(layers);
  const values = tf.tensor(
    Float32Array.from({ length: 16 }, (_, i) => i),
    [1, 4, 4],
  );
  const output = model.predict(values) as tf.Tensor;
  expect(output.shape).toEqual([1, 8, 4]);
  expect([...output.dataSync()]).toEqual([...values.dataSync(), ...values.dataSync()]);
});

it('refuses a Softmax along another axis than the last one, and takes the last one by its number', async () => {
  await expect(sequential([null, 4, 3], layer('Softmax', { axis: 1 }))).rejects.toThrow(/its axis is 1 of 3/);
  await expect(sequential([null, 4, 3], layer('Softmax', { axis: 2 }))).resolves.toBeDefined();
});

it('reads untruncated normal initializers', async () => {
  const kernel_initializer = layer('VarianceScaling', { scale: 1, mode: 'fan_in', distribution: 'untruncated_normal' });
  expect((await sequential([null, 3], layer('Dense', { units: 2, kernel_initializer }))).countParams()).toBe(8);
});

describe('the initializer Identity', () => {
  const identity = layer('Identity');
  const kernels = (model: LayersModel): number[][] =>
    model.layers.flatMap(({ weights }) => weights.map(weight => [...weight.read().dataSync()]));

  it('is no layer, and fills matrices that are not square, as in Keras', async () => {
    const dense = (units: number) => layer('Dense', { units, use_bias: false, kernel_initializer: identity });
    const model = await sequential([null, 2], dense(2), dense(3));
    expect(kernels(model)).toEqual([
      [1, 0, 0, 1],
      [1, 0, 0, 0, 1, 0],
    ]);
  });

  it('is written back beside the layer of the same name', async () => {
    const recurrent = { units: 1, recurrent_activation: 'sigmoid', recurrent_initializer: identity };
    const made = await sequential([null, 3, 1], layer('Identity'), layer('LSTM', recurrent));
    const file = join(temporaryFolder(), 'model.keras');
    await saveModel(made, file);
    const { model } = await loadModel(file);
    expect(model.layers.map(layer => layer.getClassName())).toEqual(['Identity', 'LSTM']);
    expect(toKerasConfig(model).config.layers).toMatchObject([
      {},
      { class_name: 'Identity', module: 'keras.layers' },
      { config: { recurrent_initializer: { class_name: 'Identity', module: 'keras.initializers' } } },
    ]);
  });

  it('is still had by name in models that are built here', async () => {
    await sequential([null, 2], layer('Dense', { units: 1 }));
    const dense = layers.dense({ units: 2, inputShape: [2], kernelInitializer: 'identity', useBias: false });
    expect(kernels(tfSequential({ layers: [dense] }))).toEqual([[1, 0, 0, 1]]);
  });
});

it('takes a vector to flatten, as Keras does', async () => {
  const model = await sequential([null, 3], layer('Flatten'), layer('Flatten', { data_format: 'channels_first' }));
  expect([...(model.predict(tf.tensor2d([1, 2, 3], [1, 3])) as tf.Tensor).dataSync()]).toEqual([1, 2, 3]);
});

it.each<[string, object, number[]]>([
  ['BatchNormalization', {}, [0.125249, 0.8532, 2.1212609, 1.5596009, 1.123255, 2.9724021, 0.624252, 0.1468]],
  ['LayerNormalization', {}, [0.000498, 0.999003, 0.499875, 0.00025, 0.000125, 0.99975, 0.499502, 0.000997]],
  [
    'LayerNormalization',
    { axis: [1, -1] },
    [-0.045736, 0.246512, 0.630233, 0.584496, 0.876744, 2.52093, 0.369767, -0.182946],
  ],
])('predicts of volumes with a %s of %j, as Keras does', async (name, config, expected) => {
  const model = await sequential([null, 2, 1, 2, 2], layer(name, config));
  const quarters = ({ shape }: tf.Tensor) =>
    tf.reshape(tf.div(tf.range(1, tf.util.sizeFromShape(shape) + 1), 4), shape);
  model.setWeights(model.getWeights().map(quarters));
  const x = tf.tensor([0, 1, 4, 2, 2, 4, 1, 0], [1, 2, 1, 2, 2]);
  const found = (model.predict(x) as tf.Tensor).dataSync();
  for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(value, 5);
});

it('hands a Softmax no mask that a layer before it ends', async () => {
  const model = await sequential(
    [null, 4],
    layer('Embedding', { input_dim: 5, output_dim: 2, mask_zero: true }),
    layer('Conv1D', { filters: 3, kernel_size: 2 }),
    layer('Softmax', { axis: -1 }),
  );
  const tenths = (length: number, less: number) => Float32Array.from({ length }, (_, i) => i / 10 - less);
  model.setWeights([
    tf.tensor(tenths(10, 0), [5, 2]),
    tf.tensor(tenths(12, 0.5), [2, 2, 3]),
    tf.tensor1d([0.1, -0.2, 0.3]),
  ]);
  const expected = [0.2883325, 0.2457007, 0.4659668, 0.3020641, 0.2473092, 0.4506267, 0.3303565, 0.2496781, 0.4199654];
  const found = (model.predict(tf.tensor2d([1, 2, 0, 0], [1, 4])) as tf.Tensor).dataSync();
  for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(value, 6);
});

describe('operations', () => {
  it.each<[string, unknown[], number[]]>([
    ['Add', ['x', 3], [4, 1]],
    ['Add', [3, 'x'], [4, 1]],
    ['Subtract', ['x', 3], [-2, -5]],
    ['Subtract', [3, 'x'], [2, 5]],
    ['Multiply', ['x', 0.5], [0.5, -1]],
    ['Multiply', [0.5, 'x'], [0.5, -1]],
    ['TrueDivide', ['x', 4], [0.25, -0.5]],
    ['Divide', ['x', 4], [0.25, -0.5]],
    ['Relu', ['x'], [1, 0]],
    ['HardSigmoid', ['x'], [4 / 6, 1 / 6]],
  ])('%s of %j is a layer', async (className, args, expected) => {
    const operation = placed(className, 'op', {}, [tensor('in')]);
    const node = { args: args.map(arg => (arg === 'x' ? tensor('in') : arg)), kwargs: {} };
    const layers = [
      placed('InputLayer', 'in', { batch_shape: [null, 4, 4] }, []),
      { ...operation, inbound_nodes: [node] },
    ];
    const model = await functional(layers);
    const x = tf.tensor(new Float32Array(16).fill(1).fill(-2, 8), [1, 4, 4]);
    const output = (model.predict(x) as tf.Tensor).dataSync();
    for (const [i, value] of expected.entries()) expect(output[8 * i]).toBeCloseTo(value, 6);
  });

  const operated = (operation: { readonly name: string }) =>
    functional([placed('InputLayer', 'in', { batch_shape: [null, 4, 4] }, []), operation]);

  it.each<[string, unknown[], object?]>([
    ['TrueDivide', [1, tensor('in')]],
    ['Power', [tensor('in'), 2]],
    ['Add', [tensor('in'), 'x']],
    ['Softmax', [tensor('in'), 1]],
    ['Relu', [tensor('in'), 1]],
    ['Relu', [tensor('in')], { threshold: 1 }],
    ['Sin', [tensor('in')]],
    ['Sin', [tensor('in')], { dtype: 'float32' }],
  ])('%s of %j is refused', async (className, args, config = {}) => {
    const operation = {
      ...placed(className, 'op', config, []),
      module: 'keras.src.ops.numpy',
      inbound_nodes: [{ args, kwargs: {} }],
    };
    await expect(operated(operation)).rejects.toThrow(/'op': it is an operation of keras\.ops/);
  });

  it('are none of those whose file says that they are of another module', async () => {
    const own = { ...placed('Twist', 'own', {}, [tensor('in')]), module: 'mine' };
    await expect(operated(own)).rejects.toThrow(/'own': unknown layer class 'Twist'.*registerClass/);
  });
});

describe('masks', () => {
  const masking = layer('Masking', { mask_value: 0 });
  const lstm = (config: object = {}) => layer('LSTM', { units: 2, recurrent_activation: 'sigmoid', ...config });
  const both = (config: object = {}) => layer('Bidirectional', { layer: lstm(config) });

  it('that Keras 3 writes down are those that the layers hand on', async () => {
    const input = placed('InputLayer', 'in', { batch_shape: [null, 4, 4] }, []);
    const model = await functional([
      input,
      placed('NotEqual', 'ne', {}, [tensor('in'), 0]),
      placed('Masking', 'masking', { mask_value: 0, trainable: true }, [tensor('in')]),
      placed('Any', 'any', { axis: -1 }, [tensor('ne')]),
      placed('LSTM', 'lstm', { units: 2, trainable: true, recurrent_activation: 'sigmoid' }, [tensor('masking')], {
        mask: tensor('any'),
      }),
    ]);
    expect(model.layers.map(({ name }) => name)).toEqual(['in', 'masking', 'lstm']);
  });

  it('an operation with which is computed is refused as before', async () => {
    const layers = [
      placed('InputLayer', 'in', { batch_shape: [null, 4, 4] }, []),
      placed('NotEqual', 'ne', {}, [tensor('in'), 0]),
      placed('Flatten', 'flat', { trainable: true }, [tensor('ne')]),
    ];
    await expect(functional(layers)).rejects.toThrow(/NotEqual 'ne': it is an operation of keras\.ops/);
  });

  it.each<[string, Layer[]]>([
    ['a recurrent layer', [masking, lstm()]],
    ['two of them', [masking, lstm({ return_sequences: true }), layer('Dropout', { rate: 0.1 }), lstm()]],
    ['two in both directions', [masking, both({ return_sequences: true }), both()]],
    ['an embedding', [layer('Embedding', { input_dim: 3, output_dim: 2, mask_zero: true }), lstm()]],
    ['a mean of sequences', [masking, layer('Dense', { units: 2 }), layer('GlobalAveragePooling1D')]],
    ['a layer that sees what is masked', [masking, both({ return_sequences: true }), layer('GlobalMaxPooling1D')]],
    ['a layer that ends it', [masking, layer('Flatten'), layer('Dense', { units: 1 })]],
  ])('are taken by %s', async (_, layers) => {
    const shape = layers[0].class_name === 'Embedding' ? [null, 4] : [null, 4, 3];
    await expect(sequential(shape, ...layers)).resolves.toBeDefined();
  });

  it('leave steps out of a mean', async () => {
    const model = await sequential([null, 4, 1], masking, layer('GlobalAveragePooling1D'));
    const x = tf.tensor3d([1, 0, 5, 0, 1, 2, 3, 6], [2, 4, 1]);
    expect([...(model.predict(x) as tf.Tensor).dataSync()]).toEqual([3, 3]);
  });

  it.each([
    ['LSTM', { recurrent_activation: 'sigmoid' }],
    ['SimpleRNN', {}],
    ['GRU', { recurrent_activation: 'sigmoid', reset_after: true }],
    ['GRU', { recurrent_activation: 'sigmoid', reset_after: false }],
  ])('leave 0 where %s %j says so, which is written back', async (name, config) => {
    const zeroing = { units: 2, return_sequences: true, zero_output_for_mask: true, ...config };
    const made = await sequential([null, 3, 1], masking, layer(name, zeroing));
    const file = join(temporaryFolder(), 'model.keras');
    await saveModel(made, file);
    const { model } = await loadModel(file);
    const [first, second, third] = tf.unstack(model.predict(tf.tensor3d([1, 0, 2], [1, 3, 1])) as tf.Tensor, 1);
    expect([...second.dataSync()].map(Math.abs)).toEqual([0, 0]);
    for (const shown of [first, third]) expect([...shown.dataSync()]).not.toContain(0);
    expect(toKerasConfig(model)).toEqual(toKerasConfig(made));
    expect(toKerasConfig(model).config.layers).toMatchObject([
      {},
      {},
      { class_name: name, config: { zero_output_for_mask: true } },
    ]);
  });

  it('leave 0 in the sequences of a Bidirectional, whatever is said of its layers', async () => {
    for (const zero_output_for_mask of [false, true]) {
      const options = { return_sequences: true, zero_output_for_mask };
      const model = await sequential([null, 3, 1], masking, both(options), both(options));
      const [, second] = tf.unstack(model.predict(tf.tensor3d([1, 0, 2], [1, 3, 1])) as tf.Tensor, 1);
      expect([...second.dataSync()].map(Math.abs)).toEqual([0, 0, 0, 0]);
    }
  });

  it('are refused where a layer with cells of its own would leave 0', async () => {
    const cell = layer('LSTMCell', { units: 2, recurrent_activation: 'sigmoid' });
    const loading = sequential([null, 3, 1], masking, layer('RNN', { cell, zero_output_for_mask: true }));
    await expect(loading).rejects.toThrow(/RNN 'l1'.*'zero_output_for_mask' true is not known here/);
    await expect(loading).rejects.toThrow(UnsupportedModelError);
  });

  it.each<[RegExp, Layer[]]>([
    [
      /ends the mask in Keras/,
      [masking, layer('Conv1D', { filters: 2, kernel_size: 2 }), layer('GlobalAveragePooling1D')],
    ],
    [/ends the mask in Keras/, [masking, layer('Conv1D', { filters: 2, kernel_size: 2 }), lstm()]],
  ])('are refused where tfjs makes something else of them: %s', async (problem, layers) => {
    const loading = sequential([null, 4, 3], ...layers);
    await expect(loading).rejects.toThrow(problem);
    await expect(loading).rejects.toThrow(UnsupportedModelError);
  });
});

describe("names that tfjs can't build a model with", () => {
  const placedDense = (name: string, from: string) =>
    placed('Dense', name, { units: 4, trainable: true }, [tensor(from)]);
  const strange = ['a b(c)', 'Größe α', '_leading', 'constructor', '__proto__'];

  it.each(strange)('are kept: %s', async name => {
    const layers = [
      placed('InputLayer', 'in', { batch_shape: [null, 4] }, []),
      placedDense(name, 'in'),
      placedDense('last', name),
    ];
    const model = await functional(layers);
    expect(model.layers.map(layer => layer.name)).toEqual(['in', name, 'last']);
    const file = join(temporaryFolder(), 'model.keras');
    await saveModel(model, file);
    const again = (await loadModel(file)).model;
    expect(again.layers.map(layer => layer.name)).toEqual(['in', name, 'last']);
    const x = tf.tensor2d([1, 2, 3, 4], [1, 4]);
    expect((again.predict(x) as tf.Tensor).dataSync()).toEqual((model.predict(x) as tf.Tensor).dataSync());
  });

  it('are kept in a Sequential and in a wrapper', async () => {
    const inner = layer('Dense', { name: 'in ner', units: 2 });
    const model = await sequential([null, 4, 3], layer('TimeDistributed', { name: 'w rap', layer: inner }));
    const [wrapper] = model.layers as unknown as { readonly name: string; readonly layer: { readonly name: string } }[];
    expect([wrapper.name, wrapper.layer.name]).toEqual(['w rap', 'in ner']);
  });
});

describe('calls of attention', () => {
  const attention = (config: object, ...nodes: object[]) => ({
    ...layer('MultiHeadAttention', { name: 'a', trainable: true, num_heads: 2, key_dim: 3, ...config }),
    name: 'a',
    inbound_nodes: nodes,
  });
  const dense = (name: string) => placed('Dense', name, { units: 4, trainable: true }, [tensor('in')]);
  const sources = () => [placed('InputLayer', 'in', { batch_shape: [null, 4, 4] }, []), dense('b'), dense('c')];
  const node = (args: unknown[], kwargs: object = {}) => ({ args, kwargs });
  const [q, v, k] = ['in', 'b', 'c'].map(tensor) as [object, object, object];

  it.each<[string, object, string[], number[]]>([
    ['query and value', node([q, v]), ['in', 'b'], [0, 1]],
    ['one tensor twice', node([q, q]), ['in'], [0, 0]],
    ['one tensor thrice', node([q, q], { key: q }), ['in'], [0, 0]],
    ['all three', node([q, v], { key: k }), ['in', 'b', 'c'], [0, 1, 2]],
    ['a key that is the value', node([q, v], { key: v }), ['in', 'b'], [0, 1]],
    ['a key that is the query', node([q, v], { key: q }), ['in', 'b'], [0, 1, 0]],
    // Keras follows the arguments to the layers before in the order of their names.
    ['all by name', node([], { value: v, query: q, key: k }), ['c', 'in', 'b'], [1, 2, 0]],
    ['two by name', node([q], { value: v, key: k, training: null }), ['in', 'c', 'b'], [0, 2, 1]],
  ])('%s', async (_, call, inputs, places) => {
    const model = await functional([...sources(), attention({}, call)]);
    const found = model.getLayer('a') as unknown as {
      readonly places: number[];
      readonly inboundNodes: { readonly inboundLayers: { readonly name: string }[] }[];
    };
    expect(found.inboundNodes.map(({ inboundLayers }) => inboundLayers.map(({ name }) => name))).toEqual([inputs]);
    expect(found.places).toEqual(places);
    // Written, it is the same call again, in one of Keras's ways that give this order.
    const file = join(temporaryFolder(), 'model.keras');
    await saveModel(model, file);
    const again = (await loadModel(file)).model.getLayer('a') as unknown as typeof found;
    expect(again.inboundNodes.map(({ inboundLayers }) => inboundLayers.map(({ name }) => name))).toEqual([inputs]);
    expect(again.places).toEqual(places);
  });

  it('of Keras 2 are read too', async () => {
    const call = [['in', 0, 0, { value: ['b', 0, 0], key: ['in', 0, 0], use_causal_mask: true }]];
    const layers = [...sources().slice(0, 2), attention({}, call)];
    const model = await functional(layers);
    const { places, useCausalMask } = model.getLayer('a') as unknown as {
      readonly places: number[];
      readonly useCausalMask: boolean;
    };
    expect([places, useCausalMask]).toEqual([[0, 1, 0], true]);
  });

  it.each<[string, object[], RegExp]>([
    ['scores', [node([q, v], { return_attention_scores: true })], /argument 'return_attention_scores'/],
    ['a mask', [node([q, v], { attention_mask: k })], /argument 'attention_mask'/],
    ['one tensor', [node([q])], /something else than a query, a value/],
    ['four tensors', [node([q, v, k, q])], /something else than a query, a value/],
    ['two calls', [node([q, v], { use_causal_mask: true }), node([q, v])], /its calls differ in 'use_causal_mask'/],
    ['two ways', [node([q, v]), node([q, q])], /its calls differ in 'use_causal_mask', or in which/],
    [
      'a mask of Keras 2',
      [[['in', 0, 0, { value: ['b', 0, 0], attention_mask: ['c', 0, 0] }]]],
      /argument 'attention_mask'/,
    ],
  ])('with %s are refused', async (_, nodes, problem) => {
    const loading = functional([...sources(), attention({}, ...nodes)]);
    await expect(loading).rejects.toThrow(problem);
    await expect(loading).rejects.toThrow(UnsupportedModelError);
  });
});

describe('masks in a graph', () => {
  const embedding = (mask_zero: boolean, name: string) =>
    placed('Embedding', name, { input_dim: 5, output_dim: 4, mask_zero, trainable: true }, [tensor('in')]);
  const lstm = (of: string) =>
    placed('LSTM', 'lstm', { units: 2, trainable: true, recurrent_activation: 'sigmoid' }, [tensor(of)]);
  const input = placed('InputLayer', 'in', { batch_shape: [null, 4] }, []);

  it.each<[string, object]>([
    ['a convolution', placed('Conv1D', 'end', { filters: 4, kernel_size: 1, trainable: true }, [tensor('e')])],
    ['a sum with what has none', placed('Add', 'end', { trainable: true }, [[tensor('e'), tensor('p')]])],
    ['an operation', { ...placed('Multiply', 'end', {}, [tensor('e'), 2]), module: 'keras.src.ops.numpy' }],
  ])('that %s ends in Keras, tfjs would hand on to a recurrent layer', async (_, end) => {
    const layers = [input, embedding(true, 'e'), embedding(false, 'p'), end as typeof input, lstm('end')];
    await expect(functional(layers)).rejects.toThrow(
      /'lstm': it gets no mask in Keras|'end': an operation of keras\.ops ends/,
    );
    layers[1] = embedding(false, 'e');
    await expect(functional(layers)).resolves.toBeDefined();
  });

  it('that make a model be refused leave nothing of it', async () => {
    const end = placed('Conv1D', 'end', { filters: 4, kernel_size: 1, trainable: true }, [tensor('e')]);
    const { numTensors } = tf.memory();
    await expect(functional([input, embedding(true, 'e'), end, lstm('end')])).rejects.toThrow(UnsupportedModelError);
    expect(tf.memory().numTensors).toBe(numTensors);
  });
});

it('writes no model in which tfjs hands a mask on that Keras would end', () => {
  const inputs = tfInput({ shape: [4] });
  const modelWith = (maskZero: boolean) => {
    const embedded = layers.embedding({ inputDim: 5, outputDim: 4, maskZero }).apply(inputs) as SymbolicTensor;
    const filtered = layers.conv1d({ filters: 4, kernelSize: 1 }).apply(embedded) as SymbolicTensor;
    const outputs = layers
      .lstm({ name: 'lstm', units: 2, recurrentInitializer: 'zeros', recurrentActivation: 'sigmoid' })
      .apply(filtered);
    return tfModel({ inputs, outputs: outputs as SymbolicTensor });
  };
  expect(() => toKerasConfig(modelWith(true))).toThrow(
    /^The model can't be written for Keras: LSTM 'lstm': it gets no mask in Keras/,
  );
  expect(toKerasConfig(modelWith(false)).class_name).toBe('Functional');
});

it('refuses a mask that would reach the loss past an operation, which ends it in Keras', async () => {
  const embedding = placed('Embedding', 'e', { input_dim: 5, output_dim: 4, mask_zero: true, trainable: true }, [
    tensor('in'),
  ]);
  const operation = { ...placed('Tanh', 'op', {}, [tensor('e')]), module: 'keras.src.ops.numpy' };
  const layers = [placed('InputLayer', 'in', { batch_shape: [null, 4] }, []), embedding, operation];
  const dense = placed('Dense', 'd', { units: 2, trainable: true }, [tensor('op')]);
  await expect(functional([...layers, dense])).rejects.toThrow(/'op': an operation of keras\.ops ends the mask/);
  const flat = placed('Flatten', 'f', { trainable: true }, [tensor('d')]);
  await expect(functional([...layers, dense, flat])).resolves.toBeDefined();
});

describe('masks and attention', () => {
  const before = [
    placed('InputLayer', 'in', { batch_shape: [null, 4] }, []),
    placed('Embedding', 'e', { input_dim: 5, output_dim: 4, mask_zero: true, trainable: true }, [tensor('in')]),
    placed('Embedding', 'p', { input_dim: 5, output_dim: 4, trainable: true }, [tensor('in')]),
  ];
  const attention = (name: string, query: string, value: string) =>
    placed('MultiHeadAttention', name, { num_heads: 2, key_dim: 3, trainable: true }, [tensor(query), tensor(value)]);
  const added = (name: string, ...names: string[]) => placed('Add', name, { trainable: true }, [names.map(tensor)]);
  const flat = (of: string) => placed('Flatten', 'flat', { trainable: true }, [tensor(of)]);

  it.each<[string, { readonly name: string }[]]>([
    ['of a query', [attention('a', 'e', 'p'), flat('a')]],
    ['of both', [attention('a', 'e', 'e'), flat('a')]],
    ['that a sum ends', [added('s', 'e', 'p'), attention('a', 's', 's'), flat('s')]],
    [
      'that attention has taken off',
      [attention('a', 'e', 'e'), added('s', 'e', 'a'), attention('b', 's', 's'), flat('b')],
    ],
  ])('%s are read', async (_, layers) => {
    await expect(functional([...before, ...layers])).resolves.toBeDefined();
  });

  const nested = (of: string) => ({
    ...placed('Functional', 'inner', {}, [tensor(of)]),
    config: {
      name: 'inner',
      trainable: true,
      layers: [placed('InputLayer', 'x', { batch_shape: [null, 4, 4] }, []), attention('a', 'x', 'x')],
      input_layers: [['x', 0, 0]],
      output_layers: [['a', 0, 0]],
    },
  });
  it('are none of those of a model with attention in it that gets none', async () => {
    await expect(functional([...before, nested('p'), flat('inner')])).resolves.toBeDefined();
  });

  const operation = { ...placed('Multiply', 'op', {}, [tensor('e'), 2]), module: 'keras.src.ops.numpy' };
  it.each<[string, { readonly name: string }[], RegExp]>([
    ['of a value alone', [attention('a', 'p', 'e'), flat('a')], /'a': its value or key has a mask, its query has none/],
    [
      'that depend on who comes first',
      [attention('a', 'e', 'e'), attention('b', 'e', 'e'), added('s', 'a', 'b'), flat('s')],
      /depends on the order of calls/,
    ],
    [
      'of several layers, in a mean',
      [
        placed('Embedding', 'f', { input_dim: 5, output_dim: 4, mask_zero: true, trainable: true }, [tensor('in')]),
        added('s', 'e', 'f'),
        placed('GlobalAveragePooling1D', 'mean', { trainable: true }, [tensor('s')]),
      ],
      /'mean': its mask is that of several layers/,
    ],
    [
      'of a model with attention in it',
      [nested('e'), flat('inner')],
      /'inner': it gets a mask, and there is attention/,
    ],
    [
      'of an operation',
      [operation, attention('a', 'op', 'op'), flat('a')],
      /Rescaling 'op': an operation of keras\.ops ends/,
    ],
  ])('%s are refused', async (_, layers, problem) => {
    const loading = functional([...before, ...layers]);
    await expect(loading).rejects.toThrow(problem);
    await expect(loading).rejects.toThrow(UnsupportedModelError);
  });
});

describe('a config that no model can be made of', () => {
  const input = placed('InputLayer', 'in', { batch_shape: [null, 4, 4] }, []);
  const dense = (config: object = {}) => layer('Dense', { units: 2, ...config });
  const lstm = layer('LSTM', { units: 2, recurrent_activation: 'sigmoid' });
  const backward = (config: object) =>
    layer('LSTM', { units: 2, recurrent_activation: 'sigmoid', go_backwards: true, ...config });
  const recurrent = (kwargs: object) =>
    placed('LSTM', 'r', { ...lstm.config, trainable: true }, [tensor('in')], kwargs);
  const dilated = layer('DepthwiseConv2D', {
    kernel_size: 2,
    dilation_rate: [1, 2],
    data_format: 'channels_first',
  });
  const own = { class_name: 'Own', config: {} };

  it.each<[string, () => Promise<LayersModel>, RegExp]>([
    ['no layers', () => sequential([null, 4]), /'s': it has no layers/],
    [
      'no shape to begin with',
      () => load({ class_name: 'Sequential', config: { name: 's', layers: [dense({ name: 'd' })] } }),
      /'s': its input shape is not in the file; build the model/,
    ],
    [
      'an input from nowhere',
      () => functional([input, placed('Dense', 'd', { units: 2, trainable: true }, [{ ...tensor('in'), config: {} }])]),
      /'d': an input without 'keras_history'/,
    ],
    [
      'an argument that tfjs lacks',
      () => functional([input, recurrent({ initial_state: [tensor('in')] })]),
      /'r': it is called with the argument 'initial_state', which tfjs doesn't have/,
    ],
    [
      'a mask that has come through a merge',
      () =>
        functional([
          input,
          placed('NotEqual', 'ne', {}, [tensor('in'), 0]),
          placed('Any', 'any', { axis: -1 }, [tensor('ne')]),
          placed('LogicalOr', 'or', {}, [tensor('any'), tensor('any')]),
          recurrent({ mask: tensor('or') }),
        ]),
      /'r': its mask has come through a merge or attention/,
    ],
    [
      'another layer backward than forward',
      () => sequential([null, 4, 3], layer('Bidirectional', { layer: lstm, backward_layer: backward({ units: 3 }) })),
      /'backward_layer' is another one than its 'layer', turned around/,
    ],
    [
      'a layer backward of another class',
      () =>
        sequential(
          [null, 4, 3],
          layer('Bidirectional', { layer: lstm, backward_layer: { ...backward({}), class_name: 'GRU' } }),
        ),
      /'backward_layer' is another one than its 'layer', turned around/,
    ],
    [
      'a dilation that tfjs computes along other axes',
      () => sequential([null, 3, 8, 8], dilated),
      /'l0': a 'dilation_rate' other than 1 needs 'data_format' channels_last/,
    ],
    [
      'an initializer of its own',
      () => sequential([null, 4], dense({ kernel_initializer: own })),
      /'l0': unknown 'kernel_initializer' Own\..*className = 'Own'/,
    ],
    [
      'a constraint of its own',
      () => sequential([null, 4], dense({ bias_constraint: own })),
      /'l0': unknown 'bias_constraint' Own\..*className = 'Own'/,
    ],
  ])('is refused for %s', async (_, loading, problem) => {
    await expect(loading()).rejects.toThrow(problem);
    await expect(loading()).rejects.toThrow(UnsupportedModelError);
  });

  it('is none where the layer backward is the one forward, turned around and called otherwise', async () => {
    const both = layer('Bidirectional', { layer: lstm, backward_layer: backward({ name: 'back' }) });
    await expect(sequential([null, 4, 3], both)).resolves.toBeDefined();
  });
});
