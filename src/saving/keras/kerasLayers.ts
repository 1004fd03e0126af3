import type { KerasConfig } from './kerasConfig.js';

/** What is done with a layer class of Keras: read and written, unless something here says no. */
export interface KerasLayerClass {
  /** Why neither Keras's layer can be read nor tfjs's of this name be written: tfjs's computes otherwise, or holds code. */
  readonly refused?: string;
  /** Why it can't be read unless a class of this name is registered: there is none here. */
  readonly missing?: string;
  /** What else is less than in Keras. */
  readonly note?: string;
  /** Why it is read, but can't be written. */
  readonly unwritable?: string;
  /** Options of which only some values are known here; they are in configs of both. */
  readonly allowed?: Readonly<Record<string, readonly unknown[]>>;
  /** Options that tfjs doesn't have, with the values that mean nothing is asked. */
  readonly neutral?: Readonly<Record<string, readonly unknown[]>>;
  /** Keras's names of options → tfjs's. */
  readonly renamed?: Readonly<Record<string, string>>;
  /** The name that Keras writes it by, where that isn't its class's. */
  readonly exported?: string;
  /** Where Keras has it. Default: `keras.layers`. */
  readonly module?: string;
  /** What Keras 3 writes besides, with its default: it refuses configs without some of them. */
  readonly added?: KerasConfig;
}

/** Options of many layers, which tfjs doesn't have or can't use. */
const commonNeutral: Readonly<Record<string, readonly unknown[]>> = {
  activity_regularizer: [null],
  lora_rank: [null],
  quantization_config: [null],
};

/** Keras's public name of GroupedQueryAttention. */
export const EXPORTED_GROUPED_QUERY = 'GroupQueryAttention';

const plain: KerasLayerClass = {};
const attention: KerasLayerClass = { note: 'called without `attention_mask` and `return_attention_scores`' };
const convolution: KerasLayerClass = { neutral: { groups: [1] }, added: { groups: 1 } };
/** Of one channel each, by nature. */
const depthwise: KerasLayerClass = { neutral: { groups: [1] } };
/** tfjs takes dilations and ignores them. */
const transposed: KerasLayerClass = {
  neutral: { output_padding: [null], groups: [1], dilation_rate: [1, [1, 1], [1, 1, 1]] },
};
/** tfjs ignores the option, or computes otherwise. */
const channelsLast = { data_format: ['channels_last', null] };
const pooling1d: KerasLayerClass = { neutral: channelsLast };
const globalPooling: KerasLayerClass = { renamed: { keepdims: 'keep_dims' } };
/** Layers with cells of other classes or more axes; for the others, there are classes that set what is masked to 0. */
const recurrent: KerasLayerClass = { neutral: { zero_output_for_mask: [false] } };
const cells: KerasLayerClass = {
  unwritable: 'tfjs tells cells apart in another way. Use LSTM, GRU or SimpleRNN, which hold their own cell',
};

/** Keras's own constructors take no `trainable`, which a layer's config would be known by. */
const spatialDropout: KerasLayerClass = { added: { dtype: 'float32' } };

/** A class of Keras's applications. */
const convNext: KerasLayerClass = { module: 'keras.src.applications.convnext' };

const read = {
  Activation: plain,
  ActivityRegularization: plain,
  AdaptiveAveragePooling1D: plain,
  AdaptiveAveragePooling2D: plain,
  AdaptiveAveragePooling3D: plain,
  AdaptiveMaxPooling1D: plain,
  AdaptiveMaxPooling2D: plain,
  AdaptiveMaxPooling3D: plain,
  Add: plain,
  AdditiveAttention: attention,
  AlphaDropout: plain,
  Attention: attention,
  Average: plain,
  AveragePooling1D: pooling1d,
  AveragePooling2D: plain,
  AveragePooling3D: plain,
  BatchNormalization: { neutral: { renorm: [false], synchronized: [false] } },
  Bidirectional: plain,
  Concatenate: plain,
  Conv1D: { allowed: channelsLast, added: { groups: 1 } },
  Conv1DTranspose: {
    neutral: { output_padding: [null], dilation_rate: [1, [1]] },
    allowed: channelsLast,
  },
  Conv2D: { added: { groups: 1 } },
  Conv2DTranspose: transposed,
  // TensorFlow's kernel for processors has no dilations.
  Conv3D: { ...convolution, allowed: { dilation_rate: [1, [1, 1, 1]] } },
  Conv3DTranspose: { ...transposed, note: "predicts, but can't be trained: tfjs has no gradient of it" },
  ConvLSTM2D: { ...recurrent, note: "with dilations predicts, but can't be trained" },
  Cropping1D: plain,
  Cropping2D: plain,
  Cropping3D: plain,
  CustomScaleLayer: { module: 'keras.src.applications.inception_resnet_v2' },
  Dense: plain,
  DepthwiseConv1D: { allowed: channelsLast },
  DepthwiseConv2D: depthwise,
  Dot: plain,
  Dropout: plain,
  ELU: plain,
  EinsumDense: plain,
  Embedding: plain,
  Flatten: plain,
  GRU: plain,
  GRUCell: cells,
  GaussianDropout: plain,
  GaussianNoise: plain,
  GlobalAveragePooling1D: globalPooling,
  GlobalAveragePooling2D: globalPooling,
  GlobalAveragePooling3D: globalPooling,
  GlobalMaxPooling1D: globalPooling,
  GlobalMaxPooling2D: globalPooling,
  GlobalMaxPooling3D: globalPooling,
  GroupNormalization: plain,
  GroupedQueryAttention: { ...attention, exported: EXPORTED_GROUPED_QUERY },
  Identity: plain,
  InputLayer: plain,
  LSTM: plain,
  LSTMCell: cells,
  LayerNormalization: {
    neutral: { beta_constraint: [null], gamma_constraint: [null] },
  },
  LayerScale: convNext,
  LeakyReLU: { renamed: { negative_slope: 'alpha' } },
  Masking: plain,
  MaxPooling1D: pooling1d,
  MaxPooling2D: plain,
  MaxPooling3D: plain,
  Maximum: plain,
  Minimum: plain,
  MultiHeadAttention: attention,
  Multiply: plain,
  Normalization: plain,
  PReLU: plain,
  Permute: plain,
  RMSNormalization: { note: 'along the last axis or axes' },
  RNN: { ...cells, ...recurrent },
  ReLU: plain,
  RepeatVector: plain,
  Rescaling: plain,
  Reshape: plain,
  SeparableConv1D: { allowed: channelsLast },
  SeparableConv2D: { ...depthwise, allowed: channelsLast },
  SimpleRNN: plain,
  SimpleRNNCell: cells,
  Softmax: { note: 'along the last axis' },
  SpatialDropout1D: spatialDropout,
  SpatialDropout2D: spatialDropout,
  SpatialDropout3D: spatialDropout,
  StackedRNNCells: cells,
  StochasticDepth: convNext,
  Subtract: plain,
  ThresholdedReLU: { unwritable: 'Keras 3 has no such layer' },
  TimeDistributed: plain,
  UnitNormalization: plain,
  UpSampling1D: plain,
  UpSampling2D: { allowed: { interpolation: ['nearest', 'bilinear'] } },
  UpSampling3D: plain,
  ZeroPadding1D: plain,
  ZeroPadding2D: plain,
  ZeroPadding3D: plain,
} satisfies Readonly<Record<string, KerasLayerClass>>;

const each = (classNames: string, why: KerasLayerClass): [string, KerasLayerClass][] =>
  classNames.split(/\s+/).map(name => [name, why]);

const BEFORE_THE_MODEL = 'Do what it does to the data before they come to the model';

/** Every layer class of Keras 3.15, and those of Keras 2 that are in old files. */
export const kerasLayers: Readonly<Record<string, KerasLayerClass>> = {
  ...read,
  ...Object.fromEntries([
    ...each('CenterCrop', { refused: `tfjs's own changes its input's shape. ${BEFORE_THE_MODEL}` }),
    ...each('Resizing', { refused: `tfjs's own refuses its input. ${BEFORE_THE_MODEL}` }),
    ...each('CategoryEncoding RandomHeight RandomWidth', {
      refused: `tfjs's own reads or draws on the host in the middle of a step, or is missing. ${BEFORE_THE_MODEL}`,
    }),
    ...each('Lambda', {
      refused:
        'a Lambda layer holds Python code, which is never run. Replace it in Keras by layers, or load the weights alone ' +
        'into a model built here',
    }),
    ...each('FlaxLayer JaxLayer TFSMLayer TorchModuleWrapper', {
      missing: 'it wraps a program of another library, which is never run',
    }),
    ...each('TFOpLambda SlicingOpLambda TensorFlowOpLayer', {
      missing: 'it is a TensorFlow function that Keras 2 made a layer of. Build the model of layers alone',
    }),
    ...each('Discretization HashedCrossing Hashing IntegerLookup StringLookup TextVectorization', {
      missing: `Keras has this layer, gradstream doesn't: it makes numbers of words or classes. ${BEFORE_THE_MODEL}`,
    }),
    ...each(
      `AugMix AutoContrast ContrastLimitedAdaptiveHistogramEqualization CutMix Equalization MaxNumBoundingBoxes
      MelSpectrogram MixUp Pipeline RandAugment RandomBrightness RandomColorDegeneration RandomColorJitter RandomContrast
      RandomCrop RandomElasticTransform RandomErasing RandomFlip RandomGaussianBlur RandomGrayscale RandomHue RandomInvert
      RandomPerspective RandomPosterization RandomRotation RandomSaturation RandomSharpness RandomShear RandomTranslation
      RandomZoom STFTSpectrogram Solarization`,
      {
        missing:
          `Keras has this layer, gradstream doesn't: it prepares or augments data, which is done in the stream here ` +
          `(augment, augmentImages). ${BEFORE_THE_MODEL}`,
      },
    ),
    ...each(`ConvLSTM1D ConvLSTM3D ReversibleEmbedding SpectralNormalization`, {
      missing: "Keras has this layer, gradstream doesn't yet",
    }),
    ...each('CuDNNGRU CuDNNLSTM ConvRNN2D LocallyConnected1D LocallyConnected2D', {
      missing: 'Keras 2 has this layer, neither Keras 3 nor gradstream has it. Replace it in Keras 2 before you save',
    }),
  ]),
};

/** The table's row of a layer class, with the options that many have; an own layer's config is its class's business. */
export function kerasLayerClass(className: string): KerasLayerClass {
  if (!Object.hasOwn(kerasLayers, className)) return {};
  const found = kerasLayers[className];
  return { ...found, neutral: { ...commonNeutral, ...found.neutral } };
}

/** Whether an option has one of some values, lists compared by their items. */
export const isOneOf = (value: unknown, values: readonly unknown[]): boolean =>
  values.some(known => known === value || JSON.stringify(known) === JSON.stringify(value));
