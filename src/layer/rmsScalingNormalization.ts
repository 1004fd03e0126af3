import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { classOf, firstTensor, type LayerWeight, type Shape } from './tfjsLayer.js';

type LayerNormalizationArgs = NonNullable<Parameters<typeof layers.layerNormalization>[0]>;
const LayerNormalization = classOf(layers.layerNormalization, {});

/** What this needs of tfjs's class, which its types hide. */
interface Fields {
  center: boolean;
  scale: boolean;
  /** Counted from the first one, the batch, once the layer is built. */
  readonly axis: readonly number[];
  readonly epsilon: number;
  readonly gamma: LayerWeight;
}

/**
 * Keras's LayerNormalization with `rms_scaling=True`: `gamma · x/√(variance + epsilon)`, the mean not taken off and no offset. By the
 * variance, not the mean square: for that, see `RMSNormalization`. Arguments are those of `tf.layers.layerNormalization`.
 *
 * Source: keras/src/layers/normalization/layer_normalization.py.
 */
export class RmsScalingNormalization extends LayerNormalization {
  static readonly className = 'RmsScalingNormalization';
  readonly #given: { readonly center: boolean; readonly scale: boolean };

  constructor(args: LayerNormalizationArgs = {}) {
    super({ ...args, center: false, scale: true });
    const { center = true, scale = true } = args;
    this.#given = { center, scale };
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = firstTensor(inputs);
      const { axis, epsilon, gamma } = this as unknown as Fields;
      const variance = tf.mean(tf.square(tf.sub(x, tf.mean(x, [...axis], true))), [...axis], true);
      const shape = x.shape.map((length, i) => (axis.includes(i) ? length : 1));
      return tf.mul(tf.mul(x, tf.rsqrt(tf.add(variance, epsilon))), tf.reshape(gamma.read(), shape));
    });
  }

  override computeOutputShape(shape: Shape | Shape[]): Shape {
    return shape as Shape;
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.#given, rmsScaling: true };
  }
}
