import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import {
  model as functional,
  input,
  type LayersModel,
  layers,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Attention } from '../../../src/layer/attention.js';
import { GlobalAveragePooling1D } from '../../../src/layer/globalPooling.js';
import { registerLayers } from '../../../src/layer/registerLayers.js';
import { ResetAfterGRU } from '../../../src/layer/resetAfterGru.js';
import { ZEROING } from '../../../src/layer/zeroingRecurrent.js';
import { createLearner } from '../../../src/learner/createLearner.js';
import { sgd } from '../../../src/optimizer/sgd.js';
import { nativeOrNull } from '../../helpers/native.js';

const native = (await nativeOrNull()) !== null;
beforeAll(async () => {
  await tf.setBackend(native ? 'tensorflow' : 'cpu');
  registerLayers();
});
afterAll(() => tf.setBackend('cpu'));

/*
 * Numbers of Keras 3.15.1:
 *
 *   def fill(m, k=0):
 *       for v in m.weights:
 *           n = int(np.prod(v.shape)); v.assign(np.sin(np.arange(k, k + n)**2 + 1.).reshape(v.shape) * .8); k += n
 *   tok = np.array([[1, 2, 0, 0, 1], [3, 1, 2, 0, 0], [0, 4, 1, 5, 2]], 'float32')
 *   emb = lambda: L.Embedding(6, 3, mask_zero=True)
 *   def net(f): i = Input((5,)); m = Model(i, f(i)); fill(m); return m
 *   def inner(f, shape=(5,)): i = Input(shape); return Model(i, f(i))
 *   S = dict(return_sequences=True)
 *   net(f).predict(tok)
 */
const tokens = { data: Float32Array.of(1, 2, 0, 0, 1, 3, 1, 2, 0, 0, 0, 4, 1, 5, 2), shape: [3, 5] };

type Graph = (x: SymbolicTensor) => SymbolicTensor;

const apply = (layer: layers.Layer, x: SymbolicTensor): SymbolicTensor => layer.apply(x) as SymbolicTensor;
const chain =
  (...list: layers.Layer[]): Graph =>
  x =>
    list.reduce((y, layer) => apply(layer, y), x);

function fill(model: LayersModel): LayersModel {
  let k = 0;
  // In Keras's order: tfjs lists trainable weights first, of which all are here.
  const values = model.getWeights().map(({ shape }) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const data = Float32Array.from({ length: size }, () => Math.sin((k++) ** 2 + 1) * 0.8);
    return tf.tensor(data, shape);
  });
  model.setWeights(values);
  tf.dispose(values);
  return model;
}

function net(graph: Graph): LayersModel {
  const x = input({ shape: [5] });
  return fill(functional({ inputs: x, outputs: graph(x) }));
}

function inner(graph: Graph, shape = [5]): LayersModel {
  const x = input({ shape });
  return functional({ inputs: x, outputs: graph(x) });
}

const embedding = (): layers.Layer => layers.embedding({ inputDim: 6, outputDim: 3, maskZero: true });
const sequence = { units: 2, returnSequences: true };
/** Keras's default. */
const lstm = (args: object = {}): layers.Layer => layers.lstm({ ...sequence, recurrentActivation: 'sigmoid', ...args });
const gru = (args: object = {}): ResetAfterGRU => new ResetAfterGRU({ ...sequence, ...args });
const both = (layer: layers.Layer, mergeMode: 'concat' | 'mul' | 'sum' = 'concat'): layers.Layer =>
  layers.bidirectional({ layer: layer as never, mergeMode });

const lastGru = (): layers.Layer => gru({ returnSequences: false });

const EMBEDDED_GRU = [-0.081987, 0.447951, -0.125116, 0.573068, -0.113454, 0.619959];
const LSTM_GRU = [-0.151349, -0.312593, -0.132197, -0.307629, -0.118661, -0.337057];
const CONV_GRU = [0.617514, -0.623757, 0.346217, -0.727889, 0.708896, -0.404728];

const conv = (): layers.Layer => layers.conv1d({ filters: 2, kernelSize: 1 });

const cases: Readonly<Record<string, () => readonly [Graph, readonly number[]]>> = {
  'Dense(1)(Flatten()(Bidirectional(LSTM(2, **S))(emb()(i))))': () => [
    chain(embedding(), both(lstm()), layers.flatten(), layers.dense({ units: 1 })),
    [-0.320487, -0.542399, -0.02598],
  ],
  'GlobalMaxPooling1D()(Bidirectional(GRU(2, **S), merge_mode="mul")(emb()(i)))': () => [
    chain(embedding(), both(gru(), 'mul'), layers.globalMaxPooling1d({})),
    [0.001444, 0, 0.003598, 0, 0.030653, 0],
  ],
  'GlobalAveragePooling1D()(Conv1D(2, 2)(Bidirectional(SimpleRNN(2, **S), merge_mode="sum")(emb()(i))))': () => [
    chain(
      ...[embedding(), both(layers.simpleRNN(sequence), 'sum'), layers.conv1d({ filters: 2, kernelSize: 2 })],
      new GlobalAveragePooling1D(),
    ),
    [0.254588, 0.379185, 0.397151, 0.49101, 0.472556, 0.439117],
  ],
  'Bidirectional(LSTM(2))(emb()(i))': () => [
    chain(embedding(), both(lstm({ returnSequences: false }))),
    [
      ...[-0.380001, -0.125857, -0.000863, -0.089264, -0.358608, -0.130774, 0.018975, 0.076416, -0.406212],
      ...[-0.118035, 0.062435, -0.008927],
    ],
  ],
  'LSTM(2, zero_output_for_mask=True, **S)(emb()(i))': () => [
    chain(embedding(), new ZEROING.LSTM({ ...sequence, recurrentActivation: 'sigmoid' })),
    [
      ...[-0.214255, -0.14202, -0.363313, -0.128975, 0, 0, 0, 0, -0.380001, -0.125857, 0.013749, -0.000663],
      ...[-0.206658, -0.144509, -0.358608, -0.130774, 0, 0, 0, 0, 0, 0, 0.017063, 0.040732, -0.204246, -0.122741],
      ...[-0.266824, -0.089688, -0.406212, -0.118035],
    ],
  ],
  'GRU(2, zero_output_for_mask=True, go_backwards=True, **S)(emb()(i))': () => [
    chain(embedding(), new ZEROING.ResetAfterGRU({ ...sequence, goBackwards: true })),
    [
      ...[-0.005942, 0.186805, 0, 0, 0, 0, -0.079664, 0.354667, -0.081987, 0.447951, 0, 0, 0, 0, -0.057005, 0.231548],
      ...[-0.058766, 0.356325, -0.031772, 0.604796, -0.057005, 0.231548, -0.011072, 0.406712, -0.045359, 0.483709],
      ...[0.09119, 0.667032, 0, 0],
    ],
  ],
  'GRU(2, zero_output_for_mask=True, reset_after=False, **S)(emb()(i))': () => [
    chain(embedding(), new ZEROING.GRU({ ...sequence, recurrentActivation: 'sigmoid' })),
    [
      ...[0.081826, 0.099342, 0.026356, 0.191487, 0, 0, 0, 0, 0.084544, 0.251889, 0.17562, 0.288763, 0.13274, 0.320988],
      ...[0.015864, 0.355903, 0, 0, 0, 0, 0, 0, 0.331508, 0.28739, 0.194556, 0.308591, 0.191739, 0.366706, 0.026162],
      0.386157,
    ],
  ],
  'SimpleRNN(2, zero_output_for_mask=True, **S)(emb()(i))': () => [
    chain(embedding(), new ZEROING.SimpleRNN(sequence)),
    [
      ...[0.778919, 0.155326, 0.074519, 0.250165, 0, 0, 0, 0, 0.658805, 0.287277, -0.440022, 0.383578, 0.778543],
      ...[0.601095, -0.274446, 0.523673, 0, 0, 0, 0, 0, 0, -0.320583, 0.410471, 0.733897, 0.567916, -0.317813],
      ...[0.226533, 0.652758, 0.740201],
    ],
  ],
  'LSTM(2, zero_output_for_mask=True)(emb()(i))': () => [
    chain(embedding(), new ZEROING.LSTM({ units: 2, recurrentActivation: 'sigmoid' })),
    [-0.380001, -0.125857, 0, 0, -0.406212, -0.118035],
  ],
  'GRU(2, zero_output_for_mask=True, go_backwards=True)(emb()(i))': () => [
    chain(embedding(), new ZEROING.ResetAfterGRU({ units: 2, goBackwards: true })),
    [-0.081987, 0.447951, -0.031772, 0.604796, 0, 0],
  ],
  'GRU(2)(inner(lambda a: emb()(a))(i))': () => [chain(inner(chain(embedding())), lastGru()), EMBEDDED_GRU],
  'GRU(2)(Sequential([Input((5,)), emb()])(i))': () => [
    chain(sequential({ layers: [layers.inputLayer({ inputShape: [5] }), embedding()] }), lastGru()),
    EMBEDDED_GRU,
  ],
  'GRU(2)(inner(lambda a: inner(lambda b: emb()(b))(a))(i))': () => [
    chain(inner(chain(inner(chain(embedding())))), lastGru()),
    EMBEDDED_GRU,
  ],
  'GRU(2)(inner(lambda a: LSTM(2, **S)(emb()(a)))(i))': () => [
    chain(inner(chain(embedding(), lstm())), lastGru()),
    LSTM_GRU,
  ],
  'GRU(2)(inner(lambda a: LSTM(2, **S)(a), (5, 3))(emb()(i)))': () => [
    chain(embedding(), inner(chain(lstm()), [5, 3]), lastGru()),
    LSTM_GRU,
  ],
  'GRU(2)(inner(lambda a: Conv1D(2, 1)(emb()(a)))(i))': () => [
    chain(inner(chain(embedding(), conv())), lastGru()),
    CONV_GRU,
  ],
  'GRU(2)(inner(lambda a: Conv1D(2, 1)(a), (5, 3))(emb()(i)))': () => [
    chain(embedding(), inner(chain(conv()), [5, 3]), lastGru()),
    CONV_GRU,
  ],
  'GlobalAveragePooling1D()(inner(lambda a: emb()(a))(i))': () => [
    chain(inner(chain(embedding())), new GlobalAveragePooling1D()),
    [-0.461755, -0.582712, 0.627185, -0.233155, -0.205799, 0.556827, -0.182652, -0.290096, 0.642408],
  ],
  'Flatten()(Bidirectional(GRU(1, **S))(Sequential([Input((5,)), emb(), LSTM(2, **S)])(i)))': () => [
    chain(
      sequential({ layers: [layers.inputLayer({ inputShape: [5] }), embedding(), lstm()] }),
      ...[both(gru({ units: 1 })), layers.flatten()],
    ),
    [
      ...[-0.303537, 0.457335, -0.533408, 0.473099, 0, 0, 0, 0, -0.670043, 0.363276, -0.291781, 0.449272, -0.510383],
      ...[0.430512, -0.655641, 0.357566, 0, 0, 0, 0, 0, 0, -0.294605, 0.470573, -0.51292, 0.461091, -0.648974],
      ...[0.465757, -0.730816, 0.370518],
    ],
  ],
  't = inner(lambda a: emb()(a))(i); Flatten()(Attention()([t, t]))': () => [
    x => {
      const t = apply(inner(chain(embedding())), x);
      return apply(layers.flatten(), new Attention().apply([t, t]) as SymbolicTensor);
    },
    [
      ...[-0.455744, -0.62493, 0.623304, -0.46101, -0.587941, 0.626705, 0, 0, 0, 0, 0, 0, -0.455744, -0.62493],
      ...[0.623304, -0.169107, -0.111705, 0.536665, -0.368068, -0.414644, 0.59888, -0.331065, -0.326195, 0.588561],
      ...[0, 0, 0, 0, 0, 0, 0, 0, 0, -0.103196, -0.204901, 0.643016, -0.287042, -0.422978, 0.639757, -0.241068],
      ...[-0.365626, 0.641249, -0.256879, -0.361432, 0.642048],
    ],
  ],
};

/** Three steps of SGD by 0.5 on the mean squared error: their losses, and predictions after them. */
const trained: Readonly<Record<string, () => readonly [Graph, readonly number[], readonly number[]]>> = {
  'Dense(2)(Flatten()(Bidirectional(LSTM(2, **S))(emb()(i))))': () => [
    chain(embedding(), both(lstm()), layers.flatten(), layers.dense({ units: 2 })),
    [1.224486, 0.301286, 0.162311],
    [0.765801, 0.141812, 0.216323, 0.325861, 0.468559, -0.714073],
  ],
  'Dense(2)(Flatten()(LSTM(2, zero_output_for_mask=True, **S)(emb()(i))))': () => [
    chain(
      ...[embedding(), new ZEROING.LSTM({ ...sequence, recurrentActivation: 'sigmoid' })],
      ...[layers.flatten(), layers.dense({ units: 2 })],
    ),
    [0.980655, 0.639606, 0.526108],
    [0.323003, -0.059318, 0.669745, -0.066113, 0.556309, -0.140332],
  ],
  'Dense(2)(LSTM(2)(inner(lambda a: emb()(a))(i)))': () => [
    chain(inner(chain(embedding())), lstm({ returnSequences: false }), layers.dense({ units: 2 })),
    [0.69225, 0.457725, 0.424836],
    [0.46095, 0.022334, 0.462671, 0.017064, 0.465582, 0.020595],
  ],
};

function expectClose(actual: ArrayLike<number>, expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, i) => {
    expect(actual[i]).toBeCloseTo(value, 4);
  });
}

describe.each(native ? [true, false] : [false])('masks of sequences as in Keras, compiled: %s', compile => {
  it.each(Object.entries(cases))('predict %s', async (_, made) => {
    const [graph, expected] = made();
    const learner = createLearner({ model: net(graph), optimizer: sgd(), loss: 'mse', compile });
    expectClose((await learner.predict(tokens)).data, expected);
    await learner.dispose();
  });

  it.each(Object.entries(trained))('train %s', async (_, made) => {
    const [graph, losses, expected] = made();
    const learner = createLearner({ model: net(graph), optimizer: sgd(), loss: 'mse', compile });
    for (const [iterations, loss] of losses.entries()) {
      const step = await learner.step(
        {
          ...{ kind: 'values', size: 3, epoch: 0, seed: 1, cursor: { epoch: 0, position: 3 } },
          x: tokens,
          y: { data: Float32Array.of(1, 0, 0, 1, 0.5, -1), shape: [3, 2] },
        },
        { learningRate: 0.5, iterations },
      );
      expect(step.loss).toBeCloseTo(loss, 4);
    }
    expectClose((await learner.predict(tokens)).data, expected);
    await learner.dispose();
  });

  it('leave no tensors behind', async () => {
    const [graph] = Object.values(trained)[0]();
    const learner = createLearner({ model: net(graph), optimizer: sgd(), loss: 'mse', compile });
    await learner.predict(tokens);
    const { numTensors } = tf.memory();
    await learner.predict(tokens);
    expect(tf.memory().numTensors).toBe(numTensors);
    await learner.dispose();
  });
});
