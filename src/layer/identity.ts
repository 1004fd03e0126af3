import * as tf from '@tensorflow/tfjs-core';
import { initializers, layers } from '@tensorflow/tfjs-layers';
import { firstTensor } from './tfjsLayer.js';

type Config = tf.serialization.ConfigDict;
type Constructor<T> = tf.serialization.SerializableConstructor<T & tf.serialization.Serializable>;

const TfjsIdentity = initializers.identity({}).constructor as new (
  config: Config,
) => tf.serialization.Serializable & {
  gain: number;
};

/** tfjs's initializer of the same name as the layer, which refuses matrices that aren't square. */
class IdentityInitializer extends TfjsIdentity {
  static readonly className = 'Identity';

  apply(shape: [number, number]): tf.Tensor {
    return tf.tidy(() => tf.mul(tf.eye(...shape), this.gain));
  }

  getConfig(): Config {
    return { gain: this.gain };
  }
}

/** Keras's Identity, which tfjs lacks: its input. */
export class Identity extends layers.Layer {
  static readonly className = 'Identity';

  constructor(args: ConstructorParameters<typeof layers.Layer>[0] = {}) {
    super(args);
    this.supportsMasking = true;
  }

  /** tfjs finds classes by their names alone, and an initializer has the same one: its config names no layer. */
  static override fromConfig<T extends tf.serialization.Serializable>(layer: Constructor<T>, config: Config): T {
    return Object.hasOwn(config, 'name') ? new layer(config) : (new IdentityInitializer(config) as unknown as T);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return firstTensor(inputs).clone();
  }
}
