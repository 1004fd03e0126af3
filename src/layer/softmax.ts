import type * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { type CallOptions, classOf } from './tfjsLayer.js';

const TfjsSoftmax = classOf(layers.softmax, {});

/**
 * tfjs's Softmax, which is handed masks that end before it in Keras, and takes them for those of classes. Where a mask does reach one
 * in Keras, it fits no sequence.
 */
export class Softmax extends TfjsSoftmax {
  static readonly className = 'Softmax';

  override call(inputs: tf.Tensor | tf.Tensor[], options: CallOptions): tf.Tensor | tf.Tensor[] {
    return super.call(inputs, { ...options, mask: null });
  }
}
