import type { KerasConfig } from './kerasConfig.js';

/** What differs between the config of one layer class in Keras 3 and in tfjs, whose configs are those of Keras 2. */
interface Dialect {
  /** Keras's names → tfjs's. */
  readonly renamed?: Readonly<Record<string, string>>;
  /** Options that tfjs doesn't have, with the values that mean nothing is asked; anything else is refused. */
  readonly neutral?: Readonly<Record<string, readonly unknown[]>>;
  /** What Keras 3 writes besides, with its default: it refuses configs without some of them. */
  readonly added?: KerasConfig;
}

const convolution: Dialect = { neutral: { groups: [1] }, added: { groups: 1 } };
/** Of one channel each, by nature. */
const depthwise: Dialect = { neutral: { groups: [1] } };
const transposed: Dialect = { neutral: { output_padding: [null], groups: [1] } };
const globalPooling: Dialect = { neutral: { keepdims: [false] } };
/** Keras 3 sets zero_output_for_mask inside Bidirectional; it matters for masked steps of returned sequences alone. */
const recurrent: Dialect = { neutral: { zero_output_for_mask: [false, true] } };

export const layerDialects: Readonly<Record<string, Dialect>> = {
  BatchNormalization: { neutral: { renorm: [false], synchronized: [false] } },
  Conv1D: convolution,
  Conv2D: convolution,
  Conv3D: convolution,
  Conv2DTranspose: transposed,
  Conv3DTranspose: transposed,
  DepthwiseConv2D: depthwise,
  SeparableConv2D: depthwise,
  GlobalAveragePooling1D: globalPooling,
  GlobalAveragePooling2D: globalPooling,
  GlobalMaxPooling1D: globalPooling,
  GlobalMaxPooling2D: globalPooling,
  GRU: { neutral: { reset_after: [false], zero_output_for_mask: [false, true] }, added: { reset_after: false } },
  LSTM: recurrent,
  SimpleRNN: recurrent,
  LayerNormalization: { neutral: { rms_scaling: [false] } },
  LeakyReLU: { renamed: { negative_slope: 'alpha' } },
  // tfjs's is aligned at the corners of pixels, Keras's at their middles.
  UpSampling2D: { neutral: { interpolation: ['nearest'] } },
  ReLU: { neutral: { negative_slope: [0], threshold: [0] } },
};

/** Layers that tfjs has, but that don't work in a model, and why. */
export const brokenLayers: Readonly<Record<string, string>> = {
  CenterCrop: "tfjs's own changes its input's shape",
  Resizing: "tfjs's own refuses its input",
};

/** Initializers whose class is spelt otherwise in tfjs. */
export const initializerNames: Readonly<Record<string, string>> = {
  LecunNormal: 'LeCunNormal',
  LecunUniform: 'LeCunUniform',
};

/** Activations that tfjs has under another name. `hard_sigmoid` depends on the version: see KerasHardSigmoid. */
export const activationNames: Readonly<Record<string, string>> = { silu: 'swish' };
