import * as tf from '@tensorflow/tfjs-core';
import { ActivityRegularization } from './activityRegularization.js';
import { Cropping1D, Cropping3D } from './cropping.js';
import { DilatedDepthwiseConv2D } from './dilatedDepthwiseConv2d.js';
import { GlobalAveragePooling3D, GlobalMaxPooling3D } from './globalPooling3d.js';
import { Identity } from './identity.js';
import { Normalization } from './normalization.js';
import { ResetAfterGRU, ResetAfterGRUCell } from './resetAfterGru.js';
import { Reshape } from './reshape.js';
import { SpatialDropout2D, SpatialDropout3D } from './spatialDropout.js';
import { Subtract } from './subtract.js';
import { UnitNormalization } from './unitNormalization.js';
import { UpSampling1D, UpSampling3D } from './upSampling.js';
import { ZeroPadding1D, ZeroPadding3D } from './zeroPadding.js';

const LAYERS = [
  ActivityRegularization,
  Cropping1D,
  Cropping3D,
  DilatedDepthwiseConv2D,
  GlobalAveragePooling3D,
  GlobalMaxPooling3D,
  Identity,
  Normalization,
  ResetAfterGRU,
  ResetAfterGRUCell,
  Reshape,
  SpatialDropout2D,
  SpatialDropout3D,
  Subtract,
  UnitNormalization,
  UpSampling1D,
  UpSampling3D,
  ZeroPadding1D,
  ZeroPadding3D,
];

/** Makes the layers of Keras that tfjs lacks or has wrong known to its deserialization; once is enough. */
export function registerLayers(): void {
  for (const layer of LAYERS) {
    tf.serialization.registerClass(
      layer as unknown as tf.serialization.SerializableConstructor<tf.serialization.Serializable>,
    );
  }
}
