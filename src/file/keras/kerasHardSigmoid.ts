import * as tf from '@tensorflow/tfjs-core';

/**
 * `hard_sigmoid` as Keras 3 defines it: `clip(x/6 + 1/2, 0, 1)`. Keras 2's and tfjs's own is `clip(x/5 + 1/2, 0, 1)`.
 * Source: keras/src/activations/activations.py.
 */
export class KerasHardSigmoid extends tf.serialization.Serializable {
  // tfjs turns the names in a config into camelCase, so that this one may have no underscore.
  static readonly className = 'kerasHardSigmoid';

  apply(x: tf.Tensor): tf.Tensor {
    return tf.tidy(() => tf.clipByValue(tf.add(tf.div(x, 6), 0.5), 0, 1));
  }

  override getConfig(): tf.serialization.ConfigDict {
    return {};
  }
}

/** Makes the activation known to tfjs's deserialization; once is enough. */
export function registerKerasHardSigmoid(): void {
  tf.serialization.registerClass(KerasHardSigmoid);
}
