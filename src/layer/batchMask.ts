import * as tf from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { connected } from './attentionMasks.js';
import { callsOf } from './layerCalls.js';
import { handedOrigins, isUnmasked } from './maskFlow.js';
import { beginsMask } from './passesMask.js';

/**
 * Which steps a batch normalization counts in Keras, `[batch, steps]`, of the mask that tfjs hands to it; null where all do.
 *
 * @throws InvalidArgumentError where tfjs's mask may be another one than Keras's
 */
export function batchMask(layer: layers.Layer, x: tf.Tensor, mask: tf.Tensor): tf.Tensor | null {
  const origins = handedOrigins(layer);
  const places = x.shape.slice(0, -1);
  if (isUnmasked(origins) || mask.size !== tf.util.sizeFromShape(places)) return null;
  const [call] = callsOf(layer);
  const makers = call === undefined ? [] : [...connected(call)].filter(beginsMask);
  if (origins.has('unclear') || origins.size > 1 || makers.length > 1) {
    throw new InvalidArgumentError(
      `${layer.getClassName()} '${layer.name}' gets masks of several layers. Known here is that of one Embedding or Masking layer ` +
        'of the model. Build the other ones without a mask.',
    );
  }
  // Merges of tfjs give a mask one axis more.
  return tf.reshape(mask, places);
}
