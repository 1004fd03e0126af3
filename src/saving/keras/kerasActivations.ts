import * as tf from '@tensorflow/tfjs-core';

/**
 * `hard_sigmoid` as Keras 3 defines it: `clip(x/6 + 1/2, 0, 1)`. Keras 2's and tfjs's own is `clip(x/5 + 1/2, 0, 1)`.
 * tfjs turns the names in a config into camelCase, so that this one may have no underscore.
 */
export const KERAS_HARD_SIGMOID = 'kerasHardSigmoid';

/**
 * Activations of Keras 3 that tfjs lacks, by their names in camelCase, with Keras's defaults.
 * Source: keras/src/activations/activations.py.
 */
const FORMULAS: Readonly<Record<string, (x: tf.Tensor) => tf.Tensor>> = {
  celu: x => tf.elu(x),
  exponential: x => tf.exp(x),
  // Not greater(): it has no gradient on tfjs's tape.
  hardShrink: x => tf.mul(x, tf.relu(tf.sign(tf.sub(tf.abs(x), 0.5)))),
  hardSilu: x => tf.mul(x, tf.div(tf.relu6(tf.add(x, 3)), 6)),
  [KERAS_HARD_SIGMOID]: x => tf.clipByValue(tf.add(tf.div(x, 6), 0.5), 0, 1),
  hardTanh: x => tf.clipByValue(x, -1, 1),
  leakyRelu: x => tf.leakyRelu(x, 0.2),
  logSigmoid: x => tf.neg(tf.softplus(tf.neg(x))),
  softShrink: x => tf.sub(tf.relu(tf.sub(x, 0.5)), tf.relu(tf.sub(-0.5, x))),
  sparsePlus: x => tf.add(tf.div(tf.square(tf.add(tf.clipByValue(x, -1, 1), 1)), 4), tf.relu(tf.sub(x, 1))),
  sparseSigmoid: x => tf.clipByValue(tf.div(tf.add(x, 1), 2), 0, 1),
  squareplus: x => tf.div(tf.add(x, tf.sqrt(tf.add(tf.square(x), 4))), 2),
  tanhShrink: x => tf.sub(x, tf.tanh(x)),
};

/** A class as tfjs's deserialization wants one for each activation. */
function activationClass(className: string, formula: (x: tf.Tensor) => tf.Tensor) {
  return class extends tf.serialization.Serializable {
    static readonly className = className;

    apply(x: tf.Tensor): tf.Tensor {
      return tf.tidy(() => formula(x));
    }

    override getConfig(): tf.serialization.ConfigDict {
      return {};
    }
  };
}

const classes = Object.entries(FORMULAS).map(([className, formula]) => activationClass(className, formula));

/** Makes them known to tfjs's deserialization; once is enough. */
export function registerKerasActivations(): void {
  for (const each of classes) tf.serialization.registerClass(each);
}
