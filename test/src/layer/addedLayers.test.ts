import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InvalidArgumentError } from '../../../src/error/invalidArgumentError.js';
import { ActivityRegularization } from '../../../src/layer/activityRegularization.js';
import { applyModel } from '../../../src/layer/applyModel.js';
import { BilinearUpSampling2D } from '../../../src/layer/bilinearUpSampling2d.js';
import { CausalConv1D } from '../../../src/layer/causalConv1d.js';
import { Cropping1D, Cropping3D } from '../../../src/layer/cropping.js';
import { CustomScaleLayer } from '../../../src/layer/customScaleLayer.js';
import { DilatedDepthwiseConv2D } from '../../../src/layer/dilatedDepthwiseConv2d.js';
import { ELU } from '../../../src/layer/elu.js';
import {
  GlobalAveragePooling1D,
  GlobalAveragePooling2D,
  GlobalAveragePooling3D,
  GlobalMaxPooling1D,
  GlobalMaxPooling2D,
  GlobalMaxPooling3D,
} from '../../../src/layer/globalPooling.js';
import { GroupedConv2D } from '../../../src/layer/groupedConv2d.js';
import { Identity } from '../../../src/layer/identity.js';
import { LayerScale } from '../../../src/layer/layerScale.js';
import { Normalization } from '../../../src/layer/normalization.js';
import { ReLU } from '../../../src/layer/reLU.js';
import { Reshape } from '../../../src/layer/reshape.js';
import { SpatialDropout2D, SpatialDropout3D } from '../../../src/layer/spatialDropout.js';
import { StochasticDepth } from '../../../src/layer/stochasticDepth.js';
import { Subtract } from '../../../src/layer/subtract.js';
import { UnitNormalization } from '../../../src/layer/unitNormalization.js';
import { UpSampling1D, UpSampling3D } from '../../../src/layer/upSampling.js';
import { ZeroPadding1D, ZeroPadding3D } from '../../../src/layer/zeroPadding.js';
import { nativeOrNull } from '../../helpers/native.js';

const backends = (await nativeOrNull()) === null ? ['cpu'] : ['cpu', 'tensorflow'];
beforeAll(() => tf.setBackend('cpu'));
afterAll(() => tf.setBackend('cpu'));

const steps = [
  [
    [1, 2],
    [3, 4],
    [5, 6],
  ],
];
const first = 'channelsFirst';

/** A layer, its input, and what comes of it. */
type Row = readonly [what: string, layer: () => layers.Layer, input: unknown, expected: unknown];

const volume = [
  [
    [
      [[1], [2]],
      [[3], [4]],
    ],
  ],
];

const table: readonly Row[] = [
  [
    'Cropping1D',
    () => new Cropping1D({ cropping: [1, 0] }),
    steps,
    [
      [
        [3, 4],
        [5, 6],
      ],
    ],
  ],
  ['Cropping1D by default', () => new Cropping1D({}), steps, [[[3, 4]]]],
  ['Cropping3D', () => new Cropping3D({ cropping: [0, [1, 0], [0, 1]] }), volume, [[[[[3]]]]]],
  ['ZeroPadding1D', () => new ZeroPadding1D({ padding: [0, 1] }), steps, [[...steps, [[0, 0]]].flat()]],
  [
    'ZeroPadding1D, channels first',
    () => new ZeroPadding1D({ padding: 1, dataFormat: first }),
    [[[1, 2]]],
    [[[0, 1, 2, 0]]],
  ],
  [
    'ZeroPadding3D',
    () => new ZeroPadding3D({ padding: [0, 0, [1, 0]] }),
    volume,
    [
      [
        [
          [[0], [1], [2]],
          [[0], [3], [4]],
        ],
      ],
    ],
  ],
  [
    'UpSampling1D',
    () => new UpSampling1D({}),
    [
      [
        [1, 2],
        [3, 4],
      ],
    ],
    [
      [
        [1, 2],
        [1, 2],
        [3, 4],
        [3, 4],
      ],
    ],
  ],
  [
    'UpSampling3D',
    () => new UpSampling3D({ size: [2, 1, 2] }),
    [[[[[1], [2]]]]],
    [[[[[1], [1], [2], [2]]], [[[1], [1], [2], [2]]]]],
  ],
  ['GlobalAveragePooling1D', () => new GlobalAveragePooling1D(), steps, [[3, 4]]],
  ['GlobalAveragePooling1D of one step', () => new GlobalAveragePooling1D({ keepDims: true }), steps, [[[3, 4]]]],
  ['GlobalMaxPooling1D', () => new GlobalMaxPooling1D({ keepDims: true }), steps, [[[5, 6]]]],
  ['GlobalAveragePooling2D', () => new GlobalAveragePooling2D(), [steps], [[3, 4]]],
  ['GlobalAveragePooling2D of a pixel', () => new GlobalAveragePooling2D({ keepDims: true }), [steps], [[[[3, 4]]]]],
  [
    'GlobalMaxPooling2D of a pixel, channels first',
    () => new GlobalMaxPooling2D({ keepDims: true, dataFormat: first }),
    [steps],
    [[[[6]]]],
  ],
  ['GlobalAveragePooling3D', () => new GlobalAveragePooling3D({}), volume, [[2.5]]],
  [
    'BilinearUpSampling2D',
    () => new BilinearUpSampling2D({ size: [2, 1] }),
    [
      [
        [[1], [2]],
        [[5], [10]],
      ],
    ],
    [
      [
        [[1], [2]],
        [[2], [4]],
        [[4], [8]],
        [[5], [10]],
      ],
    ],
  ],
  [
    'CausalConv1D',
    () => new CausalConv1D({ filters: 1, kernelSize: 2, kernelInitializer: 'ones' }),
    steps,
    [[[3], [10], [18]]],
  ],
  [
    'CausalConv1D, dilated',
    () => new CausalConv1D({ filters: 1, kernelSize: 2, dilationRate: 2, kernelInitializer: 'ones' }),
    steps,
    [[[3], [7], [14]]],
  ],
  [
    'CausalConv1D with strides',
    () => new CausalConv1D({ filters: 1, kernelSize: 2, strides: 2, kernelInitializer: 'ones' }),
    steps,
    [[[3], [18]]],
  ],
  [
    'GroupedConv2D',
    () => new GroupedConv2D({ filters: 4, kernelSize: 1, groups: 2, kernelInitializer: 'ones', useBias: false }),
    [[[[1, 2, 30, 40]]]],
    [[[[3, 3, 70, 70]]]],
  ],
  [
    'GroupedConv2D of single channels',
    () =>
      new GroupedConv2D({ filters: 4, kernelSize: 1, groups: 2, kernelInitializer: 'ones', biasInitializer: 'ones' }),
    [[[[1, 2]]]],
    [[[[2, 2, 3, 3]]]],
  ],
  ['ELU', () => new ELU({ alpha: 0.5 }), [[2, -1e9]], [[2, -0.5]]],
  [
    'ReLU',
    () => new ReLU({ negativeSlope: 0.5, threshold: 1, maxValue: 4 }),
    [[-1, 0, 1, 2, 5]],
    [[-1, -0.5, 0, 2, 4]],
  ],
  ['ReLU with a ceiling', () => new ReLU({ maxValue: 4 }), [[-1, 0, 2, 5]], [[0, 0, 2, 4]]],
  ['LayerScale', () => new LayerScale({ initValues: 0.5, projectionDim: 2 }), [[2, 4]], [[1, 2]]],
  ['GlobalMaxPooling3D', () => new GlobalMaxPooling3D({}), volume, [[4]]],
  [
    'GlobalMaxPooling3D, channels first',
    () => new GlobalMaxPooling3D({ dataFormat: first }),
    [[[[[1, 5]]], [[[3, 4]]]]],
    [[5, 4]],
  ],
  [
    'UnitNormalization',
    () => new UnitNormalization(),
    [
      [3, 4],
      [0, 0],
    ],
    [
      [0.6, 0.8],
      [0, 0],
    ],
  ],
  ['UnitNormalization of what is as good as nothing', () => new UnitNormalization(), [[3e-13, 4e-13]], [[0.3, 0.4]]],
  [
    'UnitNormalization along two axes',
    () => new UnitNormalization({ axis: [1, 2] }),
    [
      [
        [1, 1],
        [1, 1],
      ],
    ],
    [
      [
        [0.5, 0.5],
        [0.5, 0.5],
      ],
    ],
  ],
  ['Normalization by given numbers', () => new Normalization({ mean: [1, 2], variance: [4, 0] }), [[5, 2]], [[2, 0]]],
  [
    'Normalization, inverted',
    () => new Normalization({ axis: null, mean: 1, variance: 4, invert: true }),
    [[2, 3]],
    [[5, 7]],
  ],
  ['Normalization before adapt', () => new Normalization(), [[2, 3]], [[2, 3]]],
  ['Identity', () => new Identity(), [[1, 2]], [[1, 2]]],
  ['ActivityRegularization', () => new ActivityRegularization({ l1: 1 }), [[1, -2]], [[1, -2]]],
  [
    'Reshape to an open length',
    () => new Reshape({ targetShape: [-1, 1] }),
    [
      [
        [1, 2],
        [3, 4],
      ],
    ],
    [[[1], [2], [3], [4]]],
  ],
  ['SpatialDropout2D in inference', () => new SpatialDropout2D({ rate: 0.5 }), [[[[1, 2]]]], [[[[1, 2]]]]],
  [
    'DilatedDepthwiseConv2D',
    () => new DilatedDepthwiseConv2D({ kernelSize: 2, dilationRate: 2, depthwiseInitializer: 'ones' }),
    [
      [
        [[1], [2], [3]],
        [[4], [5], [6]],
        [[7], [8], [9]],
      ],
    ],
    [[[[20]]]],
  ],
];

function stack(layer: layers.Layer, shape: readonly number[]): LayersModel {
  const model = sequential();
  model.add(layers.inputLayer({ inputShape: [...shape] }));
  model.add(layer);
  return model;
}

const seed = (step: number) => ({ tensor: tf.tensor1d([5, step], 'int32'), host: [5, step] as const });

describe.each(backends)('layers that tfjs lacks, on %s', backend => {
  beforeAll(() => tf.setBackend(backend));

  it.each(table)('%s', (_, layer, given, expected) => {
    const x = tf.tensor(given as number[]);
    const model = stack(layer(), x.shape.slice(1));
    const output = model.predict(x) as tf.Tensor;
    const wanted = tf.tensor(expected as number[]);
    expect(output.shape).toEqual(wanted.shape);
    // What is promised before anything is computed.
    expect(model.outputs[0].shape.slice(1)).toEqual(wanted.shape.slice(1));
    wanted.dataSync().forEach((value, i) => {
      expect(output.dataSync()[i]).toBeCloseTo(value, 6);
    });
  });

  it.each([
    ['SpatialDropout2D', [6, 5, 32], () => new SpatialDropout2D({ rate: 0.25 }), 3],
    ['SpatialDropout2D, channels first', [32, 6, 5], () => new SpatialDropout2D({ rate: 0.25, dataFormat: first }), 1],
    ['SpatialDropout3D', [2, 3, 4, 32], () => new SpatialDropout3D({ rate: 0.25 }), 4],
  ] as const)('%s drops whole channels of an example, others in each step', (_, shape, layer, channels) => {
    const model = stack(layer(), shape);
    const examples = 40;
    const train = (step: number): tf.Tensor =>
      applyModel(model, tf.ones([examples, ...shape]), { training: true, seed: seed(step) }).output;
    const output = train(0);
    const places = shape.map((_, i) => i + 1).filter(axis => axis !== channels);
    const [largest, smallest] = [tf.max(output, places).dataSync(), tf.min(output, places).dataSync()];
    expect(largest).toEqual(smallest);
    expect(new Set(largest)).toEqual(new Set([0, Math.fround(4 / 3)]));
    // 1,280 draws: five standard errors.
    expect(Math.abs([...largest].filter(value => value === 0).length / largest.length - 0.25)).toBeLessThan(0.06);
    expect([...train(0).dataSync()]).toEqual([...output.dataSync()]);
    expect([...train(1).dataSync()]).not.toEqual([...output.dataSync()]);
  });

  it('StochasticDepth drops whole examples', () => {
    const model = stack(new StochasticDepth({ dropPathRate: 0.5 }), [3, 2]);
    const output = applyModel(model, tf.ones([64, 3, 2]), { training: true, seed: seed(0) }).output;
    const [largest, smallest] = [tf.max(output, [1, 2]).dataSync(), tf.min(output, [1, 2]).dataSync()];
    expect(largest).toEqual(smallest);
    expect(new Set(largest)).toEqual(new Set([0, 2]));
  });

  it('CustomScaleLayer adds a fraction of the second to the first', () => {
    const layer = new CustomScaleLayer({ scale: 0.25 });
    expect([...layer.call([tf.tensor1d([1, 2]), tf.tensor1d([4, 8])]).dataSync()]).toEqual([2, 4]);
  });

  it('a dropped channel has no gradient', () => {
    const model = stack(new SpatialDropout2D({ rate: 0.5 }), [3, 3, 8]);
    const options = { training: true, seed: seed(0) };
    const x = tf.ones([2, 3, 3, 8]);
    const slopes = tf.grad(input => applyModel(model, input, options).output)(x);
    expect([...slopes.dataSync()]).toEqual([...applyModel(model, x, options).output.dataSync()]);
    expect(new Set(slopes.dataSync())).toEqual(new Set([0, 2]));
  });

  it.each(table.filter(([what]) => !/Normalization|DilatedDepthwise|^ELU|^ReLU/.test(what)))(
    '%s: gradient of a sum counts places',
    (_, layer, given) => {
      const x = tf.tensor(given as number[]);
      const model = stack(layer(), x.shape.slice(1));
      const apply = (input: tf.Tensor) => tf.sum(applyModel(model, input, { training: true, seed: seed(0) }).output);
      const slopes = tf.grad(apply)(x);
      // All are linear or pick numbers: what is added to one of them comes out as often as it counts.
      const value = apply(x).dataSync()[0];
      slopes.dataSync().forEach((slope, i) => {
        const moved = tf.add(x, tf.mul(0.125, tf.reshape(tf.oneHot(i, x.size), x.shape)));
        expect((apply(moved).dataSync()[0] - value) / 0.125).toBeCloseTo(slope, 3);
      });
    },
  );

  it('UnitNormalization has its gradient', () => {
    const model = stack(new UnitNormalization(), [2]);
    const slopes = tf.grad(x => tf.slice(model.apply(x) as tf.Tensor, [0, 0], [1, 1]))(tf.tensor2d([[3, 4]]));
    // d(x/√(x² + y²))/d(x, y) at (3, 4).
    [16 / 125, -12 / 125].forEach((slope, i) => {
      expect(slopes.dataSync()[i]).toBeCloseTo(slope, 6);
    });
    const ofZeros = tf.grad(x => tf.sum(model.apply(x) as tf.Tensor))(tf.tensor2d([[0, 0]]));
    expect([...ofZeros.dataSync()].map(slope => slope / 1e12)).toEqual([expect.closeTo(1, 5), expect.closeTo(1, 5)]);
  });

  it('Subtract takes the second from the first, with opposite gradients', () => {
    const difference = (a: tf.Tensor, b: tf.Tensor) => new Subtract({}).call([a, b]);
    const [a, b] = [tf.tensor2d([[5, 7]]), tf.tensor2d([[1, 10]])];
    expect([...difference(a, b).dataSync()]).toEqual([4, -3]);
    const slopes = tf
      .grads(difference)([a, b])
      .map(slope => [...slope.dataSync()]);
    expect(slopes).toEqual([
      [1, 1],
      [-1, -1],
    ]);
  });

  it('DilatedDepthwiseConv2D has the gradient of each pixel that it sees', () => {
    const layer = new DilatedDepthwiseConv2D({ kernelSize: 2, dilationRate: 2, depthwiseInitializer: 'ones' });
    const model = stack(layer, [3, 3, 1]);
    const slopes = tf.grad(x => tf.sum(model.apply(x) as tf.Tensor))(tf.ones([1, 3, 3, 1]));
    expect([...slopes.dataSync()]).toEqual([1, 0, 1, 0, 0, 0, 1, 0, 1]);
  });

  it('ActivityRegularization adds its penalty, divided by the batch size, to the loss', () => {
    const model = stack(new ActivityRegularization({ l1: 0.5, l2: 0.25 }), [2]);
    const x = tf.tensor2d([
      [1, -2],
      [3, 0],
    ]);
    const { penalty } = applyModel(model, x, { training: false, seed: null });
    expect(penalty?.dataSync()[0]).toBeCloseTo((0.5 * 6 + 0.25 * 14) / 2, 6);
  });
});

describe('what the added layers refuse', () => {
  it.each([
    ['Cropping1D', () => new Cropping1D({ cropping: [1, -1] }), /'cropping' of Cropping1D has \[1,-1\]/],
    ['Cropping3D', () => new Cropping3D({ cropping: [1, 2] as never }), /a list of 3 of them or of 3 pairs/],
    ['Cropping1D that leaves nothing', () => stack(new Cropping1D({ cropping: 2 }), [4, 1]), /leave nothing of axis 1/],
    ['ZeroPadding1D', () => new ZeroPadding1D({ padding: 0.5 }), /whole number from 0/],
    ['ZeroPadding3D of a picture', () => stack(new ZeroPadding3D({}), [3, 3, 1]), /it needs 5 axes/],
    ['UpSampling1D', () => new UpSampling1D({ size: 0 }), /'size' of UpSampling1D is 0/],
    ['GlobalMaxPooling3D of a picture', () => stack(new GlobalMaxPooling3D({}), [3, 3, 1]), /it needs 5 axes/],
    ['UnitNormalization', () => stack(new UnitNormalization({ axis: 3 }), [2]), /along axis 3/],
    ['Normalization', () => new Normalization({ mean: 1 }), /both 'mean' and 'variance'/],
    ['Normalization along a strange axis', () => stack(new Normalization({ axis: 4 }), [2]), /along axis 4.*2 axes/],
    ['SpatialDropout2D', () => new SpatialDropout2D({ rate: 1 }), /from \[0, 1\)/],
    ['StochasticDepth', () => new StochasticDepth({ dropPathRate: 1 }), /from \[0, 1\)/],
    ['GroupedConv2D', () => new GroupedConv2D({ filters: 3, kernelSize: 1, groups: 2 }), /3 filters and 2 groups/],
    [
      'GroupedConv2D, channels first',
      () => new GroupedConv2D({ filters: 2, kernelSize: 1, groups: 2, dataFormat: first }),
      /'dataFormat' channelsLast/,
    ],
    [
      'GroupedConv2D of other channels',
      () => stack(new GroupedConv2D({ filters: 2, kernelSize: 1, groups: 2 }), [1, 1, 3]),
      /\[,1,1,3\] can't be divided into 2 groups/,
    ],
  ])('%s', (_, make, problem) => {
    expect(make).toThrow(problem);
    expect(make).toThrow(InvalidArgumentError);
  });
});
