import * as tf from '@tensorflow/tfjs-core';
import { initializers, layers } from '@tensorflow/tfjs-layers';
import { firstTensor, type LayerArgs, type LayerWeight } from './tfjsLayer.js';

type LayerScaleArgs = LayerArgs & {
  /** What the factors begin with. */
  readonly initValues: number;
  /** Number of the input's channels. */
  readonly projectionDim: number;
};

/** Of the ConvNeXts among Keras's applications: each channel times a factor that is learned. */
export class LayerScale extends layers.Layer {
  static readonly className = 'LayerScale';
  readonly #args: Pick<LayerScaleArgs, 'initValues' | 'projectionDim'>;
  #gamma: LayerWeight | undefined;

  constructor(args: LayerScaleArgs) {
    super(args);
    const { initValues, projectionDim } = args;
    this.#args = { initValues, projectionDim };
  }

  override build(shape: (number | null)[] | (number | null)[][]): void {
    const { initValues, projectionDim } = this.#args;
    const initializer = initializers.constant({ value: initValues });
    this.#gamma = this.addWeight('gamma', [projectionDim], 'float32', initializer);
    super.build(shape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => tf.mul(firstTensor(inputs), this.#gamma?.read() as tf.Tensor));
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.#args };
  }
}
