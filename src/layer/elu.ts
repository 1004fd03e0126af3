import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { firstTensor, type LayerArgs } from './tfjsLayer.js';

export type ELUArgs = LayerArgs & {
  /** What numbers far below 0 come to, but for the sign. Default 1. */
  readonly alpha?: number;
};

/** Keras's ELU; tfjs's own has no `alpha` but 1. */
export class ELU extends layers.Layer {
  static readonly className = 'ELU';
  readonly #alpha: number;

  constructor(args: ELUArgs = {}) {
    super(args);
    this.supportsMasking = true;
    this.#alpha = args.alpha ?? 1;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = firstTensor(inputs);
      if (this.#alpha === 1) return tf.elu(x);
      return tf.add(tf.relu(x), tf.mul(tf.elu(tf.minimum(x, 0)), this.#alpha));
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), alpha: this.#alpha };
  }
}
