import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '#tfjs-gradients';
import { beforeAll, describe, expect, it } from 'vitest';
import { batchLoss } from '../../../src/learner/batchLoss.js';
import { lossFromConfig } from '../../../src/loss/lossFromConfig.js';

type Rows = readonly (readonly number[])[];

const oneHot: Rows = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
  [0, 1, 0],
];
const classes = [0, 1, 2, 1];
const probabilities: Rows = [
  [0.7, 0.2, 0.1],
  [0.3, 0.6, 0.1],
  [0.5, 0.3, 0.2],
  [0.5, 0.4, 0.1],
];
const logits: Rows = [
  [2, -1, 0.5],
  [0.3, 0.6, -1],
  [0, 1, -2],
  [-0.5, 0.4, 1],
];

const data: Readonly<Record<string, { readonly y: Rows | readonly number[]; readonly p: Rows }>> = {
  oneHot: { y: oneHot, p: probabilities },
  logits: { y: oneHot, p: logits },
  classes: { y: classes, p: probabilities },
  classLogits: { y: classes, p: logits },
  embeddings: { y: classes, p: logits.map(row => row.map(x => x / Math.hypot(...row))) },
  regression: {
    y: [
      [1, 2, 4],
      [2, 4, 1],
      [3, 9, 5],
      [0.5, 1, 7],
    ],
    p: [
      [1.5, 3, 3],
      [2, 5, 2],
      [4, 8, 6],
      [1, 1, 5],
    ],
  },
};
const weights = [1, 2, 3, 4];

/**
 * Of Keras 3.15.1, without weights, with them, and the gradient of the latter:
 *
 *     loss = getattr(keras.losses, name)(**parameters)
 *     loss(y, p), loss(y, p, sample_weight=weights), tape.gradient(loss(y, p, sample_weight=weights), p)
 */
const values: [
  data: string,
  name: string,
  parameters: Record<string, unknown>,
  plain: number,
  weighted: number,
  gradient: number[],
][] = [
  [
    'oneHot',
    'BinaryFocalCrossentropy',
    {},
    0.15805,
    0.4995798,
    [
      -0.028548, 0.0116048, 0.00268194, 0.0570961, -0.112555, 0.00536387, 0.298287, 0.0856441, -1.44378, 0.397716,
      -0.666516, 0.0107277,
    ],
  ],
  [
    'oneHot',
    'BinaryFocalCrossentropy',
    { apply_class_balancing: true, alpha: 0.4, gamma: 1.5, label_smoothing: 0.1 },
    0.09111013,
    0.2817212,
    [
      -0.0177747, 0.014394, 0.00677592, 0.0511566, -0.057533, 0.0135518, 0.191465, 0.0767348, -0.511647, 0.255287,
      -0.268917, 0.0271037,
    ],
  ],
  [
    'logits',
    'BinaryFocalCrossentropy',
    { from_logits: true },
    0.3448902,
    1.008738,
    [
      -0.000405912, 0.00438176, 0.043846, 0.0715844, -0.0192373, 0.00876352, 0.0745717, 0.192059, -0.269178, 0.045979,
      -0.0545205, 0.256078,
    ],
  ],
  [
    'oneHot',
    'CategoricalFocalCrossentropy',
    {},
    0.09210861,
    0.2878216,
    [
      -0.00642331, 0.0149877, 0.0149877, 0.0506495, -0.0337664, 0.0506495, 0.216566, 0.216566, -0.866265, 0.199955,
      -0.299932, 0.199955,
    ],
  ],
  [
    'oneHot',
    'CategoricalFocalCrossentropy',
    { alpha: 0.5, gamma: 3.0, label_smoothing: 0.2 },
    0.1724547,
    0.4887474,
    [
      0.0157712, -0.0167018, -0.0769948, 0.0332306, 0.00554655, -0.132971, 0.379483, 0.325901, -1.43756, 0.29525,
      -0.341913, -0.108598,
    ],
  ],
  [
    'logits',
    'CategoricalFocalCrossentropy',
    { from_logits: true },
    0.240241,
    0.7444675,
    [
      -0.00170529, 0.000311089, 0.0013942, 0.0270377, -0.0344064, 0.00736865, 0.0563413, 0.153152, -0.209493, 0.0307774,
      -0.168712, 0.137935,
    ],
  ],
  [
    'classes',
    'CategoricalGeneralizedCrossEntropy',
    {},
    0.6545371,
    1.871342,
    [-0.298807, 0, 0, 0, -0.645497, 0, 0, 0, -1.67705, 0, -1.58114, 0],
  ],
  [
    'classes',
    'CategoricalGeneralizedCrossEntropy',
    { q: 0.2 },
    0.760796,
    2.198172,
    [-0.332554, 0, 0, 0, -0.7524, 0, 0, 0, -2.71792, 0, -2.08138, 0],
  ],
  [
    'oneHot',
    'Dice',
    {},
    0.525,
    1.3125,
    [
      -0.476562, 0.148438, 0.148438, 0.148438, -0.476562, 0.148438, 0.148438, 0.148438, -0.476562, 0.148438, -0.476562,
      0.148438,
    ],
  ],
  [
    'oneHot',
    'Dice',
    { axis: -1 },
    0.525,
    1.475,
    [-0.1625, 0.0875, 0.0875, 0.15, -0.35, 0.15, 0.075, 0.075, -0.675, 0.2, -0.8, 0.2],
  ],
  [
    'oneHot',
    'Dice',
    { axis: [1] },
    0.525,
    1.475,
    [-0.1625, 0.0875, 0.0875, 0.15, -0.35, 0.15, 0.075, 0.075, -0.675, 0.2, -0.8, 0.2],
  ],
  [
    'oneHot',
    'Tversky',
    {},
    0.525,
    1.3125,
    [
      -0.476562, 0.148438, 0.148438, 0.148438, -0.476562, 0.148438, 0.148438, 0.148438, -0.476562, 0.148438, -0.476562,
      0.148438,
    ],
  ],
  [
    'oneHot',
    'Tversky',
    { alpha: 0.3, beta: 0.6, axis: -1 },
    0.5026069,
    1.418512,
    [
      -0.127537, 0.111595, 0.111595, 0.195312, -0.292969, 0.195312, 0.106333, 0.106333, -0.691162, 0.271616, -0.746944,
      0.271616,
    ],
  ],
  [
    'embeddings',
    'Circle',
    {},
    232.3364,
    666.1213,
    [
      0.766114, -0.612891, -1.53223, 330.749, -195.505, -799.685, 38.4912, 76.9824, -128.304, -197.281, -390.591,
      651.912,
    ],
  ],
  [
    'embeddings',
    'Circle',
    { gamma: 2.0, margin: 0.25, remove_diagonal: false },
    4.098404,
    11.35573,
    [
      -0.0232478, -0.0464954, 0.0774924, 4.0251, -1.66824, -11.386, 0.878121, 1.75624, -2.92707, -2.42971, -4.85941,
      8.09902,
    ],
  ],
  [
    'classes',
    'SparseCategoricalCrossentropy',
    { ignore_class: 1 },
    0.9830564,
    2.592494,
    [-0.214286, 0.5, 0.5, 0, 0, 0, 1.5, 1.5, -6.0, 0, 0, 0],
  ],
  [
    'classLogits',
    'SparseCategoricalCrossentropy',
    { ignore_class: 2, from_logits: true },
    0.6924912,
    2.085929,
    [-0.0714677, 0.0130375, 0.0584301, 0.254221, -0.323504, 0.0692833, 0, 0, 0, 0.167899, -0.920369, 0.75247],
  ],
  [
    'oneHot',
    'CategoricalCrossentropy',
    { label_smoothing: 0.1 },
    0.8943487,
    2.541749,
    [-0.0833333, 0.208333, 0.166667, 0.444445, -0.277778, 0.333333, 0.7, 0.666667, -2.75, 0.933333, -1.33333, 0.666667],
  ],
  [
    'logits',
    'BinaryCrossentropy',
    { from_logits: true },
    0.7877553,
    2.185492,
    [
      -0.00993358, 0.0224118, 0.0518716, 0.0957404, -0.0590573, 0.0448236, 0.125, 0.182765, -0.220199, 0.125847,
      -0.133771, 0.243686,
    ],
  ],
  [
    'classLogits',
    'SparseCategoricalCrossentropy',
    { from_logits: true },
    1.356622,
    4.076206,
    [
      -0.0536007, 0.00977814, 0.0438226, 0.190666, -0.242628, 0.0519625, 0.194622, 0.529038, -0.723661, 0.125924,
      -0.690277, 0.564353,
    ],
  ],
  [
    'regression',
    'MeanSquaredError',
    {},
    0.9583334,
    2.6875,
    [0.0833333, 0.166667, -0.166667, 0, 0.333333, 0.333333, 0.5, -0.5, 0.5, 0.333333, 0, -1.33333],
  ],
  [
    'regression',
    'MeanAbsoluteError',
    {},
    0.8333333,
    2.125,
    [0.0833333, 0.0833333, -0.0833333, 0, 0.166667, 0.166667, 0.25, -0.25, 0.25, 0.333333, 0, -0.333333],
  ],
  [
    'regression',
    'MeanAbsolutePercentageError',
    {},
    36.91799,
    90.21825,
    [8.33333, 4.16667, -2.08333, 0, 4.16667, 16.6667, 8.33333, -2.77778, 5.0, 66.6667, 0, -4.7619],
  ],
  [
    'regression',
    'MeanSquaredLogarithmicError',
    {},
    0.05251404,
    0.1244742,
    [
      0.0148762, 0.0119868, -0.00929765, 0, 0.010129, 0.0450517, 0.0223144, -0.00585336, 0.0110108, 0.095894, 0,
      -0.0319647,
    ],
  ],
  [
    'regression',
    'Huber',
    { delta: 0.7 },
    0.3825,
    1.005833,
    [0.0416667, 0.0583333, -0.0583333, 0, 0.116667, 0.116667, 0.175, -0.175, 0.175, 0.166667, 0, -0.233333],
  ],
  [
    'regression',
    'LogCosh',
    {},
    0.3834748,
    1.033941,
    [0.0385098, 0.0634662, -0.0634662, 0, 0.126932, 0.126932, 0.190399, -0.190399, 0.190399, 0.154039, 0, -0.321342],
  ],
  [
    'regression',
    'Poisson',
    {},
    -1.426088,
    -4.757812,
    [
      0.0277778, 0.0277778, -0.0277778, 1.49012e-8, 0.0333333, 0.0833333, 0.0625, -0.03125, 0.0416667, 0.166667,
      2.98023e-8, -0.133333,
    ],
  ],
  [
    'regression',
    'CosineSimilarity',
    {},
    -0.9778053,
    -2.461428,
    [
      0.0053881, 0.0107762, -0.0134702, -0.00805782, -0.00115111, 0.0109356, 0.00604574, -0.00738923, 0.00582182,
      0.0231267, 0.00955234, -0.00653581,
    ],
  ],
  [
    'oneHot',
    'KLDivergence',
    {},
    0.8483045,
    2.467943,
    [-0.357143, -1.25e-7, -2.5e-7, -1.66667e-7, -0.833333, -5e-7, -1.5e-7, -2.5e-7, -3.75, -2e-7, -2.5, -1e-6],
  ],
  [
    'oneHot',
    'Hinge',
    {},
    1.016667,
    2.65,
    [-0.0833333, 0.0833333, 0.0833333, 0.166667, -0.166667, 0.166667, 0.25, 0.25, -0.25, 0.333333, -0.333333, 0.333333],
  ],
  [
    'oneHot',
    'SquaredHinge',
    {},
    1.183333,
    3.156667,
    [-0.05, 0.2, 0.183333, 0.433333, -0.133333, 0.366667, 0.75, 0.65, -0.4, 1.0, -0.4, 0.733333],
  ],
  ['oneHot', 'CategoricalHinge', {}, 0.9, 2.55, [-0.25, 0.25, 0, 0.5, -0.5, 0, 0.75, 0, -0.75, 1.0, -1.0, 0]],
];

beforeAll(() => tf.setBackend('cpu'));

describe('losses', () => {
  it.each(values)('%s: %s %j is as in Keras, and its gradient', (of, name, parameters, plain, weighted, gradient) => {
    const { y, p } = data[of];
    const loss = lossFromConfig(name, parameters);
    tf.tidy(() => {
      const labels = tf.tensor(y as number[][]);
      const prediction = tf.tensor2d(p as number[][]);
      const all = { y: labels, output: prediction, raw: null, weight: null };
      const weighed = (x: tf.Tensor): tf.Tensor =>
        batchLoss(loss, { ...all, output: x, weight: tf.tensor1d(weights) }, null);
      expectNear(batchLoss(loss, all, null).dataSync(), [plain]);
      expectNear(weighed(prediction).dataSync(), [weighted]);
      expectNear(tf.grad(weighed)(prediction).dataSync(), gradient);
    });
  });

  it.each(values)('%s: %s %j is made again from its config', (of, name, parameters, plain) => {
    const { y, p } = data[of];
    const loss = lossFromConfig(name, lossFromConfig(name, parameters).config);
    const all = { y: tf.tensor(y as number[][]), output: tf.tensor2d(p as number[][]), raw: null, weight: null };
    const value = batchLoss(loss, all, null).dataSync();
    expectNear(value, [plain]);
  });

  it('is 0 where every class is ignored', () => {
    const loss = lossFromConfig('SparseCategoricalCrossentropy', { ignore_class: 1 });
    expect(
      Array.from(
        loss
          .perSample(
            tf.tensor1d([1, 1]),
            tf.tensor2d([
              [0.5, 0.5],
              [1, 0],
            ]),
          )
          .dataSync(),
      ),
    ).toEqual([0, 0]);
  });

  it('is the mean of what counts, were it but one', () => {
    const loss = lossFromConfig('SparseCategoricalCrossentropy', { ignore_class: 1 });
    const output = tf.fill([3, 2], 0.5) as tf.Tensor2D;
    expectNear(batchLoss(loss, { y: tf.tensor1d([1, 0, 1]), output, raw: null, weight: null }, null).dataSync(), [
      Math.LN2,
    ]);
  });

  it('refuses a q that is no cross-entropy', () => {
    expect(() => lossFromConfig('CategoricalGeneralizedCrossEntropy', { q: 1 })).toThrow(/q of the loss is 1.*0 and 1/);
  });
});

function expectNear(ours: ArrayLike<number>, expected: readonly number[]): void {
  expect(ours).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) {
    expect(Math.abs(ours[i] - value), `${ours[i]} near ${value}`).toBeLessThan(2e-6 + 2e-5 * Math.abs(value));
  }
}
