import type * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { convolveCausally } from './convolve.js';
import { classOf, firstTensor, type Shape } from './tfjsLayer.js';

type ConvArgs = Parameters<typeof layers.conv1d>[0];
const Conv1D = classOf(layers.conv1d, { filters: 1, kernelSize: 1 });

/**
 * Keras's Conv1D with `padding: 'causal'`, which tfjs takes and then refuses to compute: a step sees itself and those before it,
 * never those after it. Channels stand last.
 */
export class CausalConv1D extends Conv1D {
  static readonly className = 'CausalConv1D';

  constructor(args: ConvArgs) {
    super({ ...args, padding: 'causal' });
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return convolveCausally(this, firstTensor(inputs));
  }

  override computeOutputShape(shape: Shape | Shape[]): Shape {
    const [batch, steps] = shape as Shape;
    const { filters, strides } = this as unknown as { readonly filters: number; readonly strides: readonly number[] };
    return [batch, steps === null ? null : Math.ceil(steps / strides[0]), filters];
  }
}
