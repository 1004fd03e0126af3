import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { convolveDepthwise } from './convolve.js';
import { classOf, firstTensor } from './tfjsLayer.js';

const DepthwiseConv2D = classOf(layers.depthwiseConv2d, { kernelSize: 1 });

/** What this needs of tfjs's class, which its types hide. */
interface Dilated {
  readonly kernelSize: readonly number[];
  readonly dilationRate: readonly number[];
  readonly depthMultiplier: number;
  readonly padding: string;
}

/**
 * Keras's DepthwiseConv2D with a `dilationRate` other than 1, which tfjs's own takes and then ignores. Channels stand last and
 * strides are 1, as Keras demands with dilations.
 */
export class DilatedDepthwiseConv2D extends DepthwiseConv2D {
  static readonly className = 'DilatedDepthwiseConv2D';

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => convolveDepthwise(this, firstTensor(inputs)));
  }

  override computeOutputShape(inputShape: (number | null)[]): (number | null)[] {
    const { kernelSize, dilationRate, depthMultiplier, padding } = this as unknown as Dilated;
    const [batch, rows, columns, channels] = inputShape;
    const length = (input: number | null, axis: number): number | null =>
      padding === 'same' || input === null ? input : input - (kernelSize[axis] - 1) * dilationRate[axis];
    return [batch, length(rows, 0), length(columns, 1), (channels ?? 0) * depthMultiplier];
  }
}
