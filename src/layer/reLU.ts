import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { firstTensor, type LayerArgs } from './tfjsLayer.js';

export type ReLUArgs = LayerArgs & {
  /** Where it stops to rise. Default: nowhere. */
  readonly maxValue?: number | null;
  /** How much of what lies below the threshold is left. Default 0. */
  readonly negativeSlope?: number;
  /** Above it a number stays as it is. Default 0. */
  readonly threshold?: number;
};

/** Keras's ReLU; tfjs's own has no `negativeSlope` and no `threshold`. */
export class ReLU extends layers.Layer {
  static readonly className = 'ReLU';
  readonly #args: Required<Pick<ReLUArgs, 'maxValue' | 'negativeSlope' | 'threshold'>>;

  constructor(args: ReLUArgs = {}) {
    super(args);
    this.supportsMasking = true;
    const { maxValue = null, negativeSlope = 0, threshold = 0 } = args;
    this.#args = { maxValue, negativeSlope, threshold };
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const { maxValue, negativeSlope, threshold } = this.#args;
    return tf.tidy(() => {
      const x = firstTensor(inputs);
      if (negativeSlope === 0 && threshold === 0) {
        return maxValue === null ? tf.relu(x) : tf.clipByValue(tf.relu(x), 0, maxValue);
      }
      const below = tf.mul(tf.sub(x, threshold), negativeSlope);
      const rising = tf.where(tf.greaterEqual(threshold, x), below, x);
      return maxValue === null ? rising : tf.minimum(rising, maxValue);
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.#args };
  }
}
