import * as tf from '@tensorflow/tfjs-core';
import { input, type LayersModel, layers, model, regularizers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import type { Batch } from '../../../src/data/batch.js';
import { createLearner } from '../../../src/learner/createLearner.js';
import { adam } from '../../../src/optimizer/adam.js';
import type { OptimizerOptions } from '../../../src/optimizer/optimizer.js';
import { optimizerByName } from '../../../src/optimizer/optimizerByName.js';
import { nativeOrNull } from '../../helpers/native.js';

type Use = 'once' | 'twice' | 'penalized';

/**
 * Embeddings after two steps of Keras 3.15.1, rate 0.1; row 3 is looked up three times, row 4 never.
 *
 *     i = keras.Input((4,), dtype='int32')
 *     e = keras.layers.Embedding(5, 2, embeddings_regularizer=keras.regularizers.L2(.05) if penalized else None)
 *     h = keras.layers.Concatenate()([e(i), e(i)]) if twice else e(i)
 *     m = keras.Model(i, keras.layers.Dense(1, use_bias=False, name='d')(keras.layers.Flatten()(h)))
 *     e.set_weights([np.linspace(-1, 1, 10).reshape(5, 2)])
 *     m.get_layer('d').set_weights([np.cos(np.arange(n)).reshape(n, 1)])     # n = 16 if twice else 8
 *     m.compile(optimizer(learning_rate=.1, **options), 'mse')
 *     for _ in range(2): m.train_on_batch(np.array([[0, 1, 1, 3], [3, 3, 0, 2]]), np.array([[1.], [2.]]))
 */
const cases: [
  optimizer: string,
  options: OptimizerOptions & Record<string, unknown>,
  use: Use,
  embeddings: number[],
][] = [
  [
    'sgd',
    {},
    'once',
    [-1.069282, -0.6571685, -0.6844981, -0.4172336, 0.1317252, 0.3068236, 0.5890481, 0.538492, 0.7777778, 1],
  ],
  [
    'sgd',
    { momentum: 0.9, nesterov: true },
    'once',
    [-1.14362, -0.5551142, -0.7330092, -0.4542572, 0.3522959, 0.4789196, 0.7880804, 0.4770378, 0.7777778, 1],
  ],
  [
    'rmsprop',
    {},
    'once',
    [-1.129941, -0.5646676, -0.7193152, -0.3673531, 0.14931, 0.3678783, 0.4476618, 0.4003785, 0.7777778, 1],
  ],
  [
    'rmsprop',
    {},
    'penalized',
    [
      -1.011242, -0.4929317, -0.7682583, -0.5429382, 0.09268307, 0.3012836, 0.5499132, -0.04470012, 0.2938796,
      0.4988904,
    ],
  ],
  [
    'rmsprop',
    {},
    'twice',
    [-0.9868873, -0.5989714, -0.3484794, -0.3465439, -0.06545915, 0.2602184, 0.1508882, 0.2870989, 0.7777778, 1],
  ],
  [
    'rmsprop',
    { momentum: 0.5, centered: true },
    'once',
    [-1.150421, -0.2778809, -0.9970102, -0.4602053, 0.3055814, 0.5224853, 0.5812598, 0.3659502, 0.7777778, 1],
  ],
  [
    'adam',
    {},
    'once',
    [-1.046982, -0.5058325, -0.8186314, -0.4657632, 0.08674596, 0.3092184, 0.5110128, 0.5494722, 0.7777778, 1],
  ],
  [
    'adam',
    {},
    'penalized',
    [-1.199978, -0.5818141, -0.7519938, -0.5296972, 0.08578911, 0.3081844, 0.5300891, 0.4721592, 0.578379, 0.8004193],
  ],
  [
    'adam',
    {},
    'twice',
    [-0.917514, -0.778669, -0.591323, -0.3221501, -0.1900905, 0.1114266, 0.3787673, 0.5359296, 0.7777778, 1],
  ],
  [
    'adam',
    { amsgrad: true },
    'once',
    [-1.046982, -0.5058325, -0.8186314, -0.4657632, 0.08674596, 0.3092184, 0.5110128, 0.5494722, 0.7777778, 1],
  ],
  [
    'adamw',
    {},
    'once',
    [-1.046173, -0.5052638, -0.8181387, -0.4654745, 0.08679597, 0.3090907, 0.5107156, 0.5490366, 0.7771557, 0.9992002],
  ],
  [
    'adamax',
    {},
    'once',
    [-1.027968, -0.6012376, -0.7328827, -0.4316736, 0.07534004, 0.2985696, 0.4359871, 0.5532808, 0.7777778, 1],
  ],
  [
    'adamax',
    {},
    'penalized',
    [-1.199793, -0.5982125, -0.7363693, -0.5139456, 0.07102371, 0.2937734, 0.5150422, 0.4705513, 0.5844517, 0.8051685],
  ],
  [
    'adamax',
    {},
    'twice',
    [-0.9442472, -0.779052, -0.5787856, -0.3259172, -0.1913603, 0.1097182, 0.3573972, 0.5468496, 0.7777778, 1],
  ],
  [
    'nadam',
    {},
    'once',
    [-1.048708, -0.5600869, -0.7639817, -0.4376634, 0.05965186, 0.2828789, 0.4802359, 0.5522416, 0.7777778, 1],
  ],
  [
    'adagrad',
    {},
    'once',
    [-1.044822, -0.5942871, -0.735729, -0.425794, 0.04401723, 0.2677705, 0.4656857, 0.550324, 0.7777778, 1],
  ],
  [
    'adadelta',
    {},
    'once',
    [-1.000046, -0.7773753, -0.5559485, -0.3335285, -0.1108265, 0.1113957, 0.3335915, 0.5555415, 0.7777778, 1],
  ],
  [
    'lion',
    {},
    'once',
    [-1.2, -0.5777777, -0.7555556, -0.5333334, 0.08888889, 0.3111111, 0.5333334, 0.5555556, 0.7777778, 1],
  ],
  [
    'adam',
    { clipnorm: 0.5 },
    'once',
    [-1.052491, -0.4975054, -0.8260578, -0.4715882, 0.08899915, 0.3111868, 0.5156857, 0.5505329, 0.7777778, 1],
  ],
  [
    'sgd',
    { clipnorm: 0.5 },
    'once',
    [-1.006814, -0.7546898, -0.5790439, -0.3487627, -0.0705941, 0.14314, 0.378615, 0.5533317, 0.7777778, 1],
  ],
  [
    'sgd',
    { clipvalue: 0.3 },
    'once',
    [-1, -0.6577779, -0.672214, -0.3526284, -0.05111111, 0.1711111, 0.3933333, 0.6155555, 0.7777778, 1],
  ],
  [
    'sgd',
    { clipvalue: 0.3 },
    'penalized',
    [-1.032012, -0.7177778, -0.6155555, -0.3933333, -0.05111111, 0.1711111, 0.3933333, 0.5340628, 0.7623, 0.9801],
  ],
  [
    'sgd',
    { clipvalue: 0.3 },
    'twice',
    [-0.949991, -0.7673694, -0.6103642, -0.3173878, -0.1393085, 0.1065781, 0.3694601, 0.5442095, 0.7777778, 1],
  ],
  [
    'sgd',
    { globalClipnorm: 0.5 },
    'once',
    [-1.0052, -0.7588465, -0.5745222, -0.3458185, -0.07825764, 0.1370093, 0.3701256, 0.5536292, 0.7777778, 1],
  ],
  [
    'adam',
    { globalClipnorm: 0.5 },
    'once',
    [-1.19835, -0.5780362, -0.7556527, -0.5334275, 0.08897984, 0.3112291, 0.5334249, 0.5108168, 0.7777778, 1],
  ],
  [
    'adam',
    { gradientAccumulationSteps: 2 },
    'once',
    [-1.099998, -0.6777788, -0.6555545, -0.4333321, -0.01111197, 0.2111102, 0.4333325, 0.4555595, 0.7777778, 1],
  ],
  [
    'adam',
    { gradientAccumulationSteps: 2, clipvalue: 0.3 },
    'once',
    [-1.099998, -0.6777795, -0.6555539, -0.4333316, -0.01111283, 0.2111094, 0.4333316, 0.4555595, 0.7777778, 1],
  ],
  [
    'adam',
    { useEma: true, emaOverwriteFrequency: 2, emaMomentum: 0.5 },
    'once',
    [-1.031647, -0.571097, -0.7561228, -0.4338415, 0.03781699, 0.2601643, 0.4675218, 0.5500236, 0.7777778, 1],
  ],
];

function embeddingModel(use: Use): LayersModel {
  const numbers = input({ shape: [4], dtype: 'int32' });
  const embedding = layers.embedding({
    inputDim: 5,
    outputDim: 2,
    ...(use === 'penalized' ? { embeddingsRegularizer: regularizers.l2({ l2: 0.05 }) } : {}),
  });
  const rows = (): SymbolicTensor => embedding.apply(numbers) as SymbolicTensor;
  const hidden = use === 'twice' ? layers.concatenate().apply([rows(), rows()]) : rows();
  const flat = layers.flatten().apply(hidden) as SymbolicTensor;
  const made = model({
    inputs: numbers,
    outputs: layers.dense({ units: 1, useBias: false }).apply(flat) as SymbolicTensor,
  });
  const size = flat.shape[1] as number;
  tf.tidy(() =>
    made.setWeights([tf.reshape(tf.linspace(-1, 1, 10), [5, 2]), tf.reshape(tf.cos(tf.range(0, size)), [size, 1])]),
  );
  return made;
}

const batch: Batch = {
  kind: 'values',
  x: { data: Int32Array.of(0, 1, 1, 3, 3, 3, 0, 2), shape: [2, 4] },
  y: { data: Float32Array.of(1, 2), shape: [2, 1] },
  epoch: 0,
  size: 2,
  seed: 1,
  cursor: { epoch: 0, position: 2 },
};

const native = await nativeOrNull();

describe.skipIf(native === null).each([
  ['compiled', true],
  ['eager', false],
])('embeddings, %s', (_, compile) => {
  it.each(cases)('move by %s %j as in Keras, used %s', async (name, options, use, expected) => {
    const made = embeddingModel(use);
    const tensors = tf.memory().numTensors;
    const optimizer = optimizerByName(name, { learningRate: 0.1, ...options });
    const learner = createLearner({ model: made, optimizer, loss: 'mse', compile });
    for (let iterations = 0; iterations < 2; iterations++) await learner.step(batch, { learningRate: 0.1, iterations });
    const [{ data }] = (await learner.state()).weights;
    expect(learner.compiled).toBe(compile);
    await learner.dispose();
    expect(tf.memory().numTensors).toBe(tensors);
    made.dispose();
    for (const [i, value] of expected.entries()) expect(data[i]).toBeCloseTo(value, 5);
  });

  it('move alike where TensorFlow has no gradient of its own, as of mod', async () => {
    const made = embeddingModel('twice');
    const tensors = tf.memory().numTensors;
    const loss = (y: tf.Tensor, p: tf.Tensor): tf.Tensor => tf.square(tf.sub(tf.mod(p, tf.scalar(100)), y));
    const learner = createLearner({ model: made, optimizer: adam({ learningRate: 0.1 }), loss, compile });
    await learner.step(batch, { learningRate: 0.1, iterations: 0 });
    const [{ data }] = (await learner.state()).weights;
    await learner.dispose();
    expect(tf.memory().numTensors).toBe(tensors);
    made.dispose();
    // Of Keras, with keras.ops.mod(p, 100.) in the loss.
    const expected = [-0.9107236, -0.7813735, -0.6026326, -0.3225732, -0.2258161, 0.09862605, 0.3855838, 0.5468897];
    for (const [i, value] of expected.entries()) expect(data[i]).toBeCloseTo(value, 5);
  });
});
