import * as tfl from '@tensorflow/tfjs-layers';
import type { Batch } from '../../src/data/batch.js';
import { ActivityRegularization } from '../../src/layer/activityRegularization.js';
import {
  AdaptiveAveragePooling1D,
  AdaptiveAveragePooling2D,
  AdaptiveAveragePooling3D,
  AdaptiveMaxPooling1D,
  AdaptiveMaxPooling2D,
  AdaptiveMaxPooling3D,
} from '../../src/layer/adaptivePooling.js';
import { AdditiveAttention, Attention } from '../../src/layer/attention.js';
import { BilinearUpSampling2D } from '../../src/layer/bilinearUpSampling2d.js';
import { CausalConv1D } from '../../src/layer/causalConv1d.js';
import { Conv1DTranspose } from '../../src/layer/conv1dTranspose.js';
import { Cropping1D, Cropping3D } from '../../src/layer/cropping.js';
import { CustomScaleLayer } from '../../src/layer/customScaleLayer.js';
import { DepthwiseConv1D } from '../../src/layer/depthwiseConv1d.js';
import { DilatedDepthwiseConv2D } from '../../src/layer/dilatedDepthwiseConv2d.js';
import { EinsumDense } from '../../src/layer/einsumDense.js';
import { ELU } from '../../src/layer/elu.js';
import {
  GlobalAveragePooling1D,
  GlobalAveragePooling2D,
  GlobalAveragePooling3D,
  GlobalMaxPooling1D,
  GlobalMaxPooling2D,
  GlobalMaxPooling3D,
} from '../../src/layer/globalPooling.js';
import { GroupedConv1D } from '../../src/layer/groupedConv1d.js';
import { GroupedConv2D } from '../../src/layer/groupedConv2d.js';
import { GroupedQueryAttention } from '../../src/layer/groupedQueryAttention.js';
import { GroupNormalization } from '../../src/layer/groupNormalization.js';
import { Identity } from '../../src/layer/identity.js';
import { LayerScale } from '../../src/layer/layerScale.js';
import { MultiHeadAttention } from '../../src/layer/multiHeadAttention.js';
import { Normalization } from '../../src/layer/normalization.js';
import { ReLU } from '../../src/layer/reLU.js';
import { ResetAfterGRU, ResetAfterGRUCell } from '../../src/layer/resetAfterGru.js';
import { RMSNormalization } from '../../src/layer/rmsNormalization.js';
import { RmsScalingNormalization } from '../../src/layer/rmsScalingNormalization.js';
import { SeparableConv1D } from '../../src/layer/separableConv1d.js';
import { SpatialDropout2D, SpatialDropout3D } from '../../src/layer/spatialDropout.js';
import { StochasticDepth } from '../../src/layer/stochasticDepth.js';
import { Subtract } from '../../src/layer/subtract.js';
import { UnitNormalization } from '../../src/layer/unitNormalization.js';
import { UpSampling1D, UpSampling3D } from '../../src/layer/upSampling.js';
import { ZEROING } from '../../src/layer/zeroingRecurrent.js';
import { ZeroPadding1D, ZeroPadding3D } from '../../src/layer/zeroPadding.js';
import { initializeWeights } from '../../src/model/initializeWeights.js';

const { input, layers, model: functional, sequential } = tfl;
/** Classes that the models tell apart. */
const classes = 3;
const size = 4;

type Apply = (x: tfl.SymbolicTensor) => tfl.SymbolicTensor;

/** A layer class, the shape of its input, and how it is applied. */
export type LayerRow = readonly [className: string, inputShape: readonly number[], apply: Apply];

const one =
  (make: () => tfl.layers.Layer): Apply =>
  x =>
    make().apply(x) as tfl.SymbolicTensor;

const chain =
  (...makes: (() => tfl.layers.Layer)[]): Apply =>
  x =>
    makes.reduce((y, make) => one(make)(y), x);

/** Merges two branches of the same input. */
const merged =
  (make: () => tfl.layers.Layer): Apply =>
  x => {
    const branches = [0, 1].map(() => layers.dense({ units: 4 }).apply(x) as tfl.SymbolicTensor);
    return make().apply(branches) as tfl.SymbolicTensor;
  };

const vector = [6];
const sequence = [5, 4];
const image = [6, 6, 2];
const volume = [4, 4, 4, 2];
const filters = 3;
const heads = { numHeads: 2, keyDim: 3 };

/** Layers of tfjs and our own that train, each as it stands in a small model: {@link modelWithLayer}. */
export const layerTable: readonly LayerRow[] = [
  ['InputLayer', vector, x => x],
  ['Functional', vector, inner(x => one(() => layers.dense({ units: 4 }))(x))],
  ['Sequential', vector, one(() => sequential({ layers: [layers.dense({ units: 4, inputShape: vector })] }))],
  ['ReLU', vector, one(() => layers.reLU())],
  ['LeakyReLU', vector, one(() => layers.leakyReLU())],
  ['PReLU', vector, one(() => layers.prelu())],
  ['ELU', vector, one(() => layers.elu())],
  ['ThresholdedReLU', vector, one(() => layers.thresholdedReLU({ theta: 0.3 }))],
  ['Softmax', vector, one(() => layers.softmax())],
  ['Conv1D', sequence, one(() => layers.conv1d({ filters, kernelSize: 3 }))],
  ['Conv2D', image, one(() => layers.conv2d({ filters, kernelSize: 3, activation: 'relu' }))],
  ['Conv3D', volume, one(() => layers.conv3d({ filters, kernelSize: 2 }))],
  ['Conv2DTranspose', image, one(() => layers.conv2dTranspose({ filters, kernelSize: 3 }))],
  ['SeparableConv2D', image, one(() => layers.separableConv2d({ filters, kernelSize: 3 }))],
  ['DepthwiseConv2D', image, one(() => layers.depthwiseConv2d({ kernelSize: 3 }))],
  ['Cropping2D', image, one(() => layers.cropping2D({ cropping: 1 }))],
  ['UpSampling2D', image, one(() => layers.upSampling2d({}))],
  ['ZeroPadding2D', image, one(() => layers.zeroPadding2d({ padding: 1 }))],
  ['RNN', sequence, one(() => layers.rnn({ cell: layers.simpleRNNCell({ units: 3 }) }))],
  ['SimpleRNNCell', sequence, one(() => layers.rnn({ cell: layers.simpleRNNCell({ units: 3 }) }))],
  ['SimpleRNN', sequence, one(() => layers.simpleRNN({ units: 3 }))],
  ['GRUCell', sequence, one(() => layers.rnn({ cell: layers.gruCell({ units: 3 }) }))],
  ['GRU', sequence, one(() => layers.gru({ units: 3, returnSequences: true }))],
  ['LSTMCell', sequence, one(() => layers.rnn({ cell: layers.lstmCell({ units: 3 }) }))],
  ['LSTM', sequence, one(() => layers.lstm({ units: 3 }))],
  [
    'StackedRNNCells',
    sequence,
    one(() =>
      layers.rnn({
        cell: layers.stackedRNNCells({
          cells: [layers.lstmCell({ units: 3 }), layers.lstmCell({ units: 2 })],
        }) as never,
      }),
    ),
  ],
  ['ConvLSTM2D', [3, 5, 5, 2], one(() => layers.convLstm2d({ filters, kernelSize: 3 }) as tfl.layers.Layer)],
  [
    'Bidirectional',
    sequence,
    one(() => layers.bidirectional({ layer: layers.lstm({ units: 3 }) as tfl.RNN, mergeMode: 'concat' })),
  ],
  ['TimeDistributed', sequence, one(() => layers.timeDistributed({ layer: layers.dense({ units: 3 }) }))],
  ['Dropout', vector, one(() => layers.dropout({ rate: 0.3 }))],
  ['SpatialDropout1D', sequence, one(() => layers.spatialDropout1d({ rate: 0.3 }))],
  ['GaussianNoise', vector, one(() => layers.gaussianNoise({ stddev: 0.2 }))],
  ['GaussianDropout', vector, one(() => layers.gaussianDropout({ rate: 0.3 }))],
  ['AlphaDropout', vector, one(() => layers.alphaDropout({ rate: 0.3 }))],
  ['Dense', vector, one(() => layers.dense({ units: 4, activation: 'tanh' }))],
  ['Flatten', image, one(() => layers.flatten())],
  ['Activation', vector, one(() => layers.activation({ activation: 'sigmoid' }))],
  ['RepeatVector', vector, one(() => layers.repeatVector({ n: 3 }))],
  ['Reshape', vector, one(() => layers.reshape({ targetShape: [2, 3] }))],
  ['Permute', sequence, one(() => layers.permute({ dims: [2, 1] }))],
  [
    'Masking',
    sequence,
    chain(
      () => layers.masking({ maskValue: 0 }),
      () => layers.timeDistributed({ layer: layers.dense({ units: 3 }) }),
    ),
  ],
  ['Embedding', vector, one(() => layers.embedding({ inputDim: 4, outputDim: 3 }))],
  ['Add', vector, merged(() => layers.add())],
  ['Multiply', vector, merged(() => layers.multiply())],
  ['Average', vector, merged(() => layers.average())],
  ['Maximum', vector, merged(() => layers.maximum())],
  ['Minimum', vector, merged(() => layers.minimum())],
  ['Concatenate', vector, merged(() => layers.concatenate())],
  ['Dot', vector, merged(() => layers.dot({ axes: 1 }))],
  ['BatchNormalization', vector, one(() => layers.batchNormalization())],
  ['BatchNormalization', volume, one(() => layers.batchNormalization())],
  ['LayerNormalization', vector, one(() => layers.layerNormalization())],
  ['MaxPooling1D', sequence, one(() => layers.maxPooling1d({}))],
  ['AveragePooling1D', sequence, one(() => layers.averagePooling1d({}))],
  ['MaxPooling2D', image, one(() => layers.maxPooling2d({}))],
  ['AveragePooling2D', image, one(() => layers.averagePooling2d({}))],
  ['MaxPooling3D', volume, one(() => layers.maxPooling3d({}))],
  ['AveragePooling3D', volume, one(() => layers.averagePooling3d({}))],
  ['GlobalAveragePooling1D', sequence, one(() => layers.globalAveragePooling1d())],
  ['GlobalMaxPooling1D', sequence, one(() => layers.globalMaxPooling1d())],
  ['GlobalAveragePooling2D', image, one(() => layers.globalAveragePooling2d({}))],
  ['GlobalMaxPooling2D', image, one(() => layers.globalMaxPooling2d({}))],
  ['Rescaling', vector, one(() => layers.rescaling({ scale: 0.5, offset: 0.1 }))],
  ['CenterCrop', image, one(() => layers.centerCrop({ height: 4, width: 4 }))],
  ['ActivityRegularization', vector, one(() => new ActivityRegularization({ l1: 0.1, l2: 0.2 }))],
  ['AdaptiveAveragePooling1D', sequence, one(() => new AdaptiveAveragePooling1D({ outputSize: 2 }))],
  ['AdaptiveAveragePooling2D', image, one(() => new AdaptiveAveragePooling2D({ outputSize: [4, 3] }))],
  ['AdaptiveAveragePooling3D', volume, one(() => new AdaptiveAveragePooling3D({ outputSize: 3 }))],
  ['AdaptiveMaxPooling1D', sequence, one(() => new AdaptiveMaxPooling1D({ outputSize: 2 }))],
  ['AdaptiveMaxPooling2D', image, one(() => new AdaptiveMaxPooling2D({ outputSize: [4, 3] }))],
  ['AdaptiveMaxPooling3D', volume, one(() => new AdaptiveMaxPooling3D({ outputSize: 3 }))],
  ['AdditiveAttention', sequence, merged(() => new AdditiveAttention({ dropout: 0.2 }))],
  ['AdditiveAttention', sequence, one(() => new AdditiveAttention({ useScale: false, useCausalMask: true }))],
  ['Attention', sequence, merged(() => new Attention({ dropout: 0.2, useScale: true }))],
  ['Attention', sequence, one(() => new Attention({ scoreMode: 'concat', useScale: true }))],
  ['BilinearUpSampling2D', image, one(() => new BilinearUpSampling2D({ size: [2, 3] }))],
  ['CausalConv1D', sequence, one(() => new CausalConv1D({ filters, kernelSize: 2, dilationRate: 2 }))],
  ['CustomScaleLayer', vector, merged(() => new CustomScaleLayer({ scale: 0.3 }))],
  ['Conv1DTranspose', sequence, one(() => new Conv1DTranspose({ filters, kernelSize: 3, strides: 2 }))],
  ['Cropping1D', sequence, one(() => new Cropping1D({ cropping: [1, 2] }))],
  ['Cropping3D', volume, one(() => new Cropping3D({ cropping: [1, [0, 1], [1, 0]] }))],
  ['DepthwiseConv1D', sequence, one(() => new DepthwiseConv1D({ kernelSize: 2, depthMultiplier: 2, dilationRate: 2 }))],
  [
    'DilatedDepthwiseConv2D',
    image,
    one(() => new DilatedDepthwiseConv2D({ kernelSize: 2, dilationRate: 2, depthMultiplier: 2 })),
  ],
  [
    'EinsumDense',
    sequence,
    one(
      () =>
        new EinsumDense({ equation: 'abc,cde->abde', outputShape: [null, 3, 2], biasAxes: 'de', activation: 'tanh' }),
    ),
  ],
  ['ELU', vector, one(() => new ELU({ alpha: 0.5 }))],
  ['GlobalAveragePooling1D', sequence, one(() => new GlobalAveragePooling1D({ keepDims: true }))],
  ['GlobalAveragePooling2D', image, one(() => new GlobalAveragePooling2D({ keepDims: true }))],
  ['GlobalAveragePooling3D', volume, one(() => new GlobalAveragePooling3D({}))],
  ['GlobalMaxPooling1D', sequence, one(() => new GlobalMaxPooling1D({ keepDims: true }))],
  ['GlobalMaxPooling2D', image, one(() => new GlobalMaxPooling2D({ keepDims: true }))],
  ['GlobalMaxPooling3D', volume, one(() => new GlobalMaxPooling3D({}))],
  [
    'GroupedConv1D',
    sequence,
    one(() => new GroupedConv1D({ filters: 4, kernelSize: 2, groups: 2, padding: 'causal' })),
  ],
  [
    'GroupedConv2D',
    image,
    one(() => new GroupedConv2D({ filters: 4, kernelSize: [3, 2], strides: [1, 2], groups: 2 })),
  ],
  ['GroupedConv2D', image, one(() => new GroupedConv2D({ filters: 4, kernelSize: 3, groups: 2, padding: 'same' }))],
  [
    'GroupedQueryAttention',
    sequence,
    one(() => new GroupedQueryAttention({ headDim: 3, numQueryHeads: 4, numKeyValueHeads: 2 })),
  ],
  ['GroupNormalization', [4, 4, 4], one(() => new GroupNormalization({ groups: 2 }))],
  ['Identity', vector, one(() => new Identity())],
  ['LayerScale', vector, one(() => new LayerScale({ initValues: 0.5, projectionDim: 6 }))],
  ['MultiHeadAttention', sequence, one(() => new MultiHeadAttention({ ...heads, dropout: 0.2, useCausalMask: true }))],
  [
    'MultiHeadAttention',
    sequence,
    merged(() => new MultiHeadAttention({ ...heads, valueDim: 2, useGate: true, outputShape: 5 })),
  ],
  ['MultiHeadAttention', [3, 4, 2], one(() => new MultiHeadAttention({ ...heads, attentionAxes: [2] }))],
  ['Normalization', vector, one(() => new Normalization({ mean: 0.5, variance: 2 }))],
  ['ReLU', vector, one(() => new ReLU({ negativeSlope: 0.3, threshold: 0.2, maxValue: 1 }))],
  ['ResetAfterGRUCell', sequence, one(() => layers.rnn({ cell: new ResetAfterGRUCell({ units: 3 }) as never }))],
  ['ResetAfterGRU', sequence, one(() => new ResetAfterGRU({ units: 3, returnSequences: true }))],
  ...Object.values(ZEROING).map(
    (Zeroing): LayerRow => [
      Zeroing.className,
      sequence,
      one(() => new Zeroing({ units: 3, recurrentActivation: 'sigmoid', returnSequences: true } as never)),
    ],
  ),
  ['RMSNormalization', sequence, one(() => new RMSNormalization({ axis: [1, 2] }))],
  ['RmsScalingNormalization', sequence, one(() => new RmsScalingNormalization())],
  ['SeparableConv1D', sequence, one(() => new SeparableConv1D({ filters, kernelSize: 2, padding: 'same' }))],
  ['SpatialDropout2D', image, one(() => new SpatialDropout2D({ rate: 0.3 }))],
  ['SpatialDropout3D', volume, one(() => new SpatialDropout3D({ rate: 0.3 }))],
  ['StochasticDepth', image, one(() => new StochasticDepth({ dropPathRate: 0.4 }))],
  ['Subtract', vector, merged(() => new Subtract({}))],
  ['UnitNormalization', vector, one(() => new UnitNormalization())],
  ['UpSampling1D', sequence, one(() => new UpSampling1D({ size: 3 }))],
  ['UpSampling3D', volume, one(() => new UpSampling3D({ size: [1, 2, 1] }))],
  ['ZeroPadding1D', sequence, one(() => new ZeroPadding1D({ padding: [1, 2] }))],
  ['ZeroPadding3D', volume, one(() => new ZeroPadding3D({ padding: 1 }))],
];

/** tfjs has no gradient by the input of these, or they take whole numbers: they stand first in their model. */
const first: readonly string[] = ['CenterCrop', 'Embedding', 'Masking', 'ThresholdedReLU'];

/** These take a bias before them off again: its gradient is 0 but for rounding, so that there is nothing to compare. */
const withoutBias: readonly string[] = ['BatchNormalization'];

function inner(apply: Apply): Apply {
  return x => {
    const inputs = input({ shape: x.shape.slice(1) });
    return functional({ inputs, outputs: apply(inputs) }).apply(x) as tfl.SymbolicTensor;
  };
}

/** The layer of a row between dense ones, with weights drawn from a seed. */
export function modelWithLayer([className, inputShape, apply]: LayerRow): tfl.LayersModel {
  const inputs = input({ shape: [...inputShape] });
  // Weights stand before the layer, so that its gradient by its input counts.
  const units = inputShape[inputShape.length - 1];
  const useBias = !withoutBias.includes(className);
  const before = first.includes(className) ? inputs : one(() => layers.dense({ units, useBias }))(inputs);
  const after = apply(before);
  const flat = after.shape.length > 2 ? one(() => layers.flatten())(after) : after;
  const outputs = one(() => layers.dense({ units: classes, activation: 'softmax' }))(flat);
  const model = functional({ inputs, outputs });
  initializeWeights(model, 5);
  return model;
}

/** A batch for the model of a row; other indices give other numbers. */
export function layerBatch([className, inputShape]: LayerRow, index: number): Batch {
  const shape = [size, ...inputShape];
  const length = shape.reduce((a, b) => a * b);
  const number = (i: number) => ((i + 1) * (index + 3) * 37) % 101;
  const value = (i: number) => (className === 'Embedding' ? number(i) % 4 : number(i) / 50 - 1);
  return {
    kind: 'values',
    x: { data: Float32Array.from({ length }, (_, i) => value(i)), shape },
    y: { data: Int32Array.from({ length: size }, (_, i) => (i + index) % classes), shape: [size] },
    epoch: 0,
    size,
    seed: 3,
    cursor: { epoch: 0, position: (index + 1) * size },
  };
}
