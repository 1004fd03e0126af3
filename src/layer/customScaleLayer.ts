import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import type { LayerArgs, Shape } from './tfjsLayer.js';

/** Of the InceptionResNetV2 among Keras's applications: the first input, and a fraction of the second. */
export class CustomScaleLayer extends layers.Layer {
  static readonly className = 'CustomScaleLayer';
  readonly #scale: number;

  constructor(args: LayerArgs & { readonly scale: number }) {
    super(args);
    this.#scale = args.scale;
  }

  override computeOutputShape(shapes: Shape | Shape[]): Shape {
    return (shapes as Shape[])[0];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [shortcut, residual] = inputs as tf.Tensor[];
    return tf.tidy(() => tf.add(shortcut, tf.mul(residual, this.#scale)));
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), scale: this.#scale };
  }
}
