import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { activityRegularizerOf } from './activityRegularizer.js';
import { isAlongLastAxis } from './batchNormalization.js';
import { EinsumDense } from './einsumDense.js';
import { innerLayers, isModel } from './innerLayers.js';
import { beginsMask } from './passesMask.js';

/**
 * Layers that make of an example what they would make of it alone; batch normalization by statistics that can be put together. Conv3D
 * is not among them: TensorFlow has no C++ gradient for it, and tfjs's tape knows no shards.
 */
const PER_EXAMPLE: readonly string[] = [
  ...['Activation', 'AdaptiveAveragePooling1D', 'AdaptiveAveragePooling2D', 'AdaptiveAveragePooling3D'],
  ...['AdaptiveMaxPooling1D', 'AdaptiveMaxPooling2D', 'AdaptiveMaxPooling3D', 'Add', 'AdditiveAttention'],
  ...['AlphaDropout', 'Attention', 'Average', 'AveragePooling1D', 'AveragePooling2D', 'AveragePooling3D'],
  ...['BatchNormalization', 'BilinearUpSampling2D', 'CausalConv1D', 'Concatenate', 'Conv1D', 'Conv1DTranspose'],
  ...['Conv2D', 'Conv2DTranspose', 'Cropping1D', 'Cropping2D', 'Cropping3D', 'CustomScaleLayer', 'Dense'],
  ...['DepthwiseConv1D', 'DepthwiseConv2D', 'DilatedDepthwiseConv2D', 'Dot', 'Dropout', 'EinsumDense', 'ELU'],
  ...['Embedding', 'Flatten', 'GaussianDropout', 'GaussianNoise', 'GlobalAveragePooling1D', 'GlobalAveragePooling2D'],
  ...['GlobalAveragePooling3D', 'GlobalMaxPooling1D', 'GlobalMaxPooling2D', 'GlobalMaxPooling3D', 'GroupedConv1D'],
  ...['GroupedConv2D', 'GroupedQueryAttention', 'GroupNormalization', 'Identity', 'InputLayer', 'LayerNormalization'],
  ...['LayerScale', 'LeakyReLU', 'Maximum', 'MaxPooling1D', 'MaxPooling2D', 'MaxPooling3D', 'Minimum'],
  ...['MultiHeadAttention', 'Multiply', 'Normalization', 'Permute', 'PReLU', 'ReLU', 'RepeatVector', 'Rescaling'],
  ...['Reshape', 'RMSNormalization', 'RmsScalingNormalization', 'SeparableConv1D', 'SeparableConv2D', 'Softmax'],
  ...['SpatialDropout1D', 'SpatialDropout2D', 'SpatialDropout3D', 'StochasticDepth', 'Subtract', 'ThresholdedReLU'],
  ...['UnitNormalization', 'UpSampling1D', 'UpSampling2D', 'UpSampling3D', 'ZeroPadding1D', 'ZeroPadding2D'],
  ...['ZeroPadding3D'],
];

/** Whether a batch can go through a model in parts. */
export const isShardable = (model: LayersModel): boolean =>
  innerLayers(model).every(({ layer }) => isModel(layer) || isPerExample(layer));

/** What this needs of tfjs's classes, which their types hide. */
interface Fields {
  readonly axis?: number | readonly number[];
  readonly noiseShape?: readonly number[] | null;
}

function isPerExample(layer: layers.Layer): boolean {
  // A class that inherits its name is somebody's own.
  if (!PER_EXAMPLE.includes(layer.getClassName()) || !Object.hasOwn(layer.constructor, 'className')) return false;
  // A penalty on outputs is divided by the examples; a mask isn't cut.
  if (activityRegularizerOf(layer) !== undefined || beginsMask(layer)) return false;
  if (layer.getClassName() === 'BatchNormalization') return isAlongLastAxis(layer);
  if (layer instanceof EinsumDense) return keepsExamplesFirst(layer);
  const { axis = [], noiseShape } = layer as unknown as Fields;
  return noiseShape == null && ![axis].flat().some(place => place === 0 || isFirst(place, layer));
}

/** Whether an axis that is counted from the end is that of the examples. */
const isFirst = (place: number, { inboundNodes }: layers.Layer): boolean =>
  inboundNodes.some(({ inputTensors }) => inputTensors.some(({ rank }) => place === -rank));

function keepsExamplesFirst({ equation }: EinsumDense): boolean {
  const [input = '', kernel = '', output = ''] = equation.split(/,|->/);
  return output.charAt(0) === input.charAt(0) && !kernel.includes(input.charAt(0));
}
