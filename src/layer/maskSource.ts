import type * as tf from '@tensorflow/tfjs-core';
import type { LayersModel, layers, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { isModel } from './innerLayers.js';

/** A layer that says which steps of sequences count. */
export interface MaskSource extends layers.Layer {
  /** `[batch, steps]`, bool. */
  computeMask(input: tf.Tensor): tf.Tensor;
}

/** What this needs of tfjs's classes, which their types hide. */
interface Fields {
  readonly maskZero?: boolean;
  readonly returnSequences?: boolean;
}

/** Layers that hand a mask on in Keras. The others end it, but for recurrent ones that return sequences. */
const PASSING: readonly string[] = [
  ...['Activation', 'ActivityRegularization', 'AlphaDropout', 'BatchNormalization', 'Dense', 'Dropout', 'ELU'],
  ...['GaussianDropout', 'GaussianNoise', 'Identity', 'LayerNormalization', 'LeakyReLU', 'PReLU', 'ReLU', 'Rescaling'],
  ...['Softmax', 'SpatialDropout1D', 'ThresholdedReLU', 'TimeDistributed', 'UnitNormalization'],
];

export const passesMask = (className: string): boolean => PASSING.includes(className);

/** The layer whose mask reaches a model's output, by Keras's rules of what hands one on; null where there is none. */
export function maskSource(model: LayersModel): MaskSource | null {
  const found = upstream(model.outputs[0]);
  return found === 'input' ? null : found;
}

/** `input` where a mask of the model's input would reach the tensor. */
function upstream({ sourceLayer: layer, inputs }: SymbolicTensor): MaskSource | 'input' | null {
  const className = layer.getClassName();
  const { maskZero, returnSequences } = layer as unknown as Fields;
  if (className === 'InputLayer') return 'input';
  if (className === 'Masking' || (className === 'Embedding' && maskZero === true)) return layer as MaskSource;
  if (inputs.length !== 1) return null;
  if (isModel(layer)) {
    const inner = upstream(layer.outputs[0]);
    return inner === 'input' ? upstream(inputs[0]) : inner;
  }
  return passesMask(className) || returnSequences === true ? upstream(inputs[0]) : null;
}
