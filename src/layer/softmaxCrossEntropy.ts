import * as tf from '@tensorflow/tfjs-core';
import { currentNative } from '../native/backend.js';
import { DataType } from '../native/dataType.js';
import { typeAttribute } from '../native/executor.js';
import { customGradient, type Forward, isDerivedTwice } from './customGradient.js';

/**
 * `−Σ labels·log softmax(logits)` along the last axis: `[…, classes]` twice gives `[…]`. On the native backend one kernel,
 * which makes the gradient with respect to the logits as well; labels get no gradient.
 */
export function softmaxCrossEntropy(labels: tf.Tensor, logits: tf.Tensor): tf.Tensor {
  const backend = currentNative()?.backend;
  if (backend === undefined || isDerivedTwice()) return tf.neg(tf.sum(tf.mul(labels, tf.logSoftmax(logits)), -1));
  const classes = logits.shape[logits.rank - 1];
  const rows: [number, number] = [logits.size / classes, classes];
  const flatLabels = tf.reshape(labels, rows);
  const crossEntropy = (x: tf.Tensor): Forward => {
    const [value, gradient] = backend.executeMultipleOutputs(
      'SoftmaxCrossEntropyWithLogits',
      [typeAttribute('T', DataType.float32)],
      [x, flatLabels],
      2,
    );
    return { value, saved: [gradient], gradients: (dy, [saved]) => [tf.mul(saved, tf.expandDims(dy, -1))] };
  };
  return tf.reshape(customGradient(crossEntropy, [tf.reshape(logits, rows)]), logits.shape.slice(0, -1));
}
