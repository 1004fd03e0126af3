import * as tf from '@tensorflow/tfjs-core';
import { DilatedDepthwiseConv2D } from './dilatedDepthwiseConv2d.js';
import { Identity } from './identity.js';
import { SpatialDropout2D, SpatialDropout3D } from './spatialDropout.js';
import { Subtract } from './subtract.js';

/** Makes the layers of Keras that tfjs lacks known to its deserialization; once is enough. */
export function registerLayers(): void {
  for (const layer of [DilatedDepthwiseConv2D, Identity, SpatialDropout2D, SpatialDropout3D, Subtract]) {
    tf.serialization.registerClass(
      layer as unknown as tf.serialization.SerializableConstructor<tf.serialization.Serializable>,
    );
  }
}
