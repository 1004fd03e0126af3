import * as tf from '@tensorflow/tfjs-core';
import { ActivityRegularization } from './activityRegularization.js';
import {
  AdaptiveAveragePooling1D,
  AdaptiveAveragePooling2D,
  AdaptiveAveragePooling3D,
  AdaptiveMaxPooling1D,
  AdaptiveMaxPooling2D,
  AdaptiveMaxPooling3D,
} from './adaptivePooling.js';
import { AdditiveAttention, Attention } from './attention.js';
import { BatchNormalization } from './batchNormalizationLayer.js';
import { Bidirectional } from './bidirectional.js';
import { BilinearUpSampling2D } from './bilinearUpSampling2d.js';
import { CausalConv1D } from './causalConv1d.js';
import { Conv1DTranspose } from './conv1dTranspose.js';
import { Cropping1D, Cropping3D } from './cropping.js';
import { CustomScaleLayer } from './customScaleLayer.js';
import { DepthwiseConv1D } from './depthwiseConv1d.js';
import { DilatedDepthwiseConv2D } from './dilatedDepthwiseConv2d.js';
import { EinsumDense } from './einsumDense.js';
import { ELU } from './elu.js';
import { Flatten } from './flatten.js';
import {
  GlobalAveragePooling1D,
  GlobalAveragePooling2D,
  GlobalAveragePooling3D,
  GlobalMaxPooling1D,
  GlobalMaxPooling2D,
  GlobalMaxPooling3D,
} from './globalPooling.js';
import { GroupedConv1D } from './groupedConv1d.js';
import { GroupedConv2D } from './groupedConv2d.js';
import { GroupedQueryAttention } from './groupedQueryAttention.js';
import { GroupNormalization } from './groupNormalization.js';
import { Identity } from './identity.js';
import { LayerNormalization } from './layerNormalization.js';
import { LayerScale } from './layerScale.js';
import { MultiHeadAttention } from './multiHeadAttention.js';
import { Normalization } from './normalization.js';
import { ReLU } from './reLU.js';
import { ResetAfterGRU, ResetAfterGRUCell } from './resetAfterGru.js';
import { Reshape } from './reshape.js';
import { RMSNormalization } from './rmsNormalization.js';
import { RmsScalingNormalization } from './rmsScalingNormalization.js';
import { SeparableConv1D } from './separableConv1d.js';
import { Softmax } from './softmax.js';
import { SpatialDropout2D, SpatialDropout3D } from './spatialDropout.js';
import { StochasticDepth } from './stochasticDepth.js';
import { Subtract } from './subtract.js';
import { UnitNormalization } from './unitNormalization.js';
import { UpSampling1D, UpSampling3D } from './upSampling.js';
import { ZEROING } from './zeroingRecurrent.js';
import { ZeroPadding1D, ZeroPadding3D } from './zeroPadding.js';

const LAYERS = [
  ActivityRegularization,
  AdaptiveAveragePooling1D,
  AdaptiveAveragePooling2D,
  AdaptiveAveragePooling3D,
  AdaptiveMaxPooling1D,
  AdaptiveMaxPooling2D,
  AdaptiveMaxPooling3D,
  AdditiveAttention,
  Attention,
  BatchNormalization,
  Bidirectional,
  BilinearUpSampling2D,
  CausalConv1D,
  Conv1DTranspose,
  Cropping1D,
  Cropping3D,
  CustomScaleLayer,
  DepthwiseConv1D,
  DilatedDepthwiseConv2D,
  EinsumDense,
  ELU,
  Flatten,
  GlobalAveragePooling1D,
  GlobalAveragePooling2D,
  GlobalAveragePooling3D,
  GlobalMaxPooling1D,
  GlobalMaxPooling2D,
  GlobalMaxPooling3D,
  GroupedConv1D,
  GroupedConv2D,
  GroupedQueryAttention,
  GroupNormalization,
  Identity,
  LayerNormalization,
  LayerScale,
  MultiHeadAttention,
  Normalization,
  ReLU,
  ResetAfterGRU,
  ResetAfterGRUCell,
  Reshape,
  RMSNormalization,
  RmsScalingNormalization,
  SeparableConv1D,
  Softmax,
  SpatialDropout2D,
  SpatialDropout3D,
  StochasticDepth,
  Subtract,
  UnitNormalization,
  UpSampling1D,
  UpSampling3D,
  ZeroPadding1D,
  ZeroPadding3D,
  ...Object.values(ZEROING),
];

/** Makes the layers of Keras that tfjs lacks or has wrong known to its deserialization; once is enough. */
export function registerLayers(): void {
  for (const layer of LAYERS) {
    tf.serialization.registerClass(
      layer as unknown as tf.serialization.SerializableConstructor<tf.serialization.Serializable>,
    );
  }
}
