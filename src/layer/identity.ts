import type * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { firstTensor } from './tfjsLayer.js';

/** Keras's Identity, which tfjs lacks: its input. */
export class Identity extends layers.Layer {
  static readonly className = 'Identity';

  constructor(args: ConstructorParameters<typeof layers.Layer>[0] = {}) {
    super(args);
    this.supportsMasking = true;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return firstTensor(inputs).clone();
  }
}
