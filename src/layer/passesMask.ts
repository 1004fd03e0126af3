import type * as tf from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';

/** A layer that says which steps of sequences count. */
export interface MaskSource extends layers.Layer {
  /** `[batch, steps]`, bool. */
  computeMask(input: tf.Tensor): tf.Tensor;
}

/** Layers that hand a mask on in Keras. The others end it, but for recurrent ones that return sequences, merges and attention. */
const PASSING: readonly string[] = [
  ...['Activation', 'ActivityRegularization', 'AlphaDropout', 'BatchNormalization', 'Dense', 'Dropout', 'ELU'],
  ...['GaussianDropout', 'GaussianNoise', 'GroupNormalization', 'Identity', 'LayerNormalization', 'LeakyReLU', 'PReLU'],
  ...['ReLU', 'Rescaling', 'RmsScalingNormalization', 'Softmax', 'SpatialDropout1D', 'ThresholdedReLU'],
  ...['TimeDistributed', 'UnitNormalization'],
];

/** Layers that put their inputs' masks together. */
export const MERGING: readonly string[] = ['Add', 'Average', 'Maximum', 'Minimum', 'Multiply', 'Subtract'];
/** Layers that hand their query's mask on. */
export const ATTENDING: readonly string[] = [
  'AdditiveAttention',
  'Attention',
  'GroupedQueryAttention',
  'MultiHeadAttention',
];

export const passesMask = (className: string): boolean => PASSING.includes(className);

/** Whether masks begin in a layer. */
export function beginsMask(layer: layers.Layer): layer is MaskSource {
  const className = layer.getClassName();
  const { maskZero } = layer as unknown as { readonly maskZero?: boolean };
  return className === 'Masking' || (className === 'Embedding' && maskZero === true);
}
