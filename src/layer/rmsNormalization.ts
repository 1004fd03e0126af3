import * as tf from '@tensorflow/tfjs-core';
import { initializers, layers } from '@tensorflow/tfjs-layers';
import { layerProblem } from './layerProblem.js';
import { firstTensor, type LayerArgs, type LayerWeight, type Shape } from './tfjsLayer.js';

export type RMSNormalizationArgs = LayerArgs & {
  /** The axis or axes whose mean square becomes 1. Default −1, the last. */
  readonly axis?: number | readonly number[];
  /** Added to the mean square. Default 1e-6. */
  readonly epsilon?: number;
};

/**
 * Keras's RMSNormalization: divides by the root of the mean square along an axis or axes, then a scale for each of their places. Any shape
 * `[batch, …]`, which stays.
 *
 * Source: Zhang and Sennrich, "Root Mean Square Layer Normalization", 2019; keras/src/layers/normalization/rms_normalization.py.
 */
export class RMSNormalization extends layers.Layer {
  static readonly className = 'RMSNormalization';
  readonly axis: readonly number[];
  readonly #epsilon: number;
  #scale: LayerWeight | undefined;

  constructor(args: RMSNormalizationArgs = {}) {
    super(args);
    this.axis = [args.axis ?? -1].flat().sort((a, b) => a - b);
    this.#epsilon = args.epsilon ?? 1e-6;
  }

  /** @throws InvalidArgumentError where the input has no such axis, of unknown length, or the scale doesn't go with the last axes */
  override build(shape: Shape | Shape[]): void {
    const input = shape as Shape;
    const lengths = this.axis.map(axis => input[axis < 0 ? axis + input.length : axis]);
    const isKnown = (length: number | null | undefined): length is number => typeof length === 'number';
    if (!lengths.every(isKnown)) {
      throw layerProblem(this, `it is along axis ${this.axis}, but its input has shape [${input}]`);
    }
    // Keras doesn't bring the scale into another shape.
    if (`${lengths}` !== `${input.slice(input.length - lengths.length)}`) {
      throw layerProblem(
        this,
        `it is along axis ${this.axis} of an input of shape [${input}]; its scale goes with the last axes alone, as in Keras. ` +
          'Put a Permute layer before it and one behind it',
      );
    }
    this.#scale = this.addWeight('scale', lengths, 'float32', initializers.ones());
    super.build(shape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = firstTensor(inputs);
      const squares = tf.mean(tf.square(x), [...this.axis], true);
      return tf.mul(tf.mul(x, tf.rsqrt(tf.add(squares, this.#epsilon))), this.#scale?.read() as tf.Tensor);
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), axis: [...this.axis], epsilon: this.#epsilon };
  }
}
