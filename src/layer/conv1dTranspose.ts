import type * as tf from '@tensorflow/tfjs-core';
import { convolveTransposed } from './convolve.js';
import { layerProblem } from './layerProblem.js';
import { type Conv1DArgs, SequenceConvolution } from './sequenceConvolution.js';
import { firstTensor, type Shape } from './tfjsLayer.js';

export type Conv1DTransposeArgs = Omit<Conv1DArgs, 'dilationRate'>;

/**
 * Keras's Conv1DTranspose, which tfjs lacks: the way back of a convolution of sequences, `[batch, steps, channels]` to
 * `[batch, steps · strides, filters]`, and more at the end where the padding is valid. Channels stand last.
 *
 * Source: keras/src/layers/convolutional/conv1d_transpose.py.
 */
export class Conv1DTranspose extends SequenceConvolution {
  static readonly className = 'Conv1DTranspose';

  /** @throws InvalidArgumentError where channels stand first, the padding is causal or a rate of dilation is given */
  constructor(args: Conv1DTransposeArgs) {
    super({ ...args, kernelInitializer: args.kernelInitializer ?? 'glorotUniform' });
    if ([(args as Conv1DArgs).dilationRate ?? 1].flat()[0] !== 1) {
      throw layerProblem(this, 'it has a dilationRate, which TensorFlow has no kernel for');
    }
  }

  /** @throws InvalidArgumentError where the number of channels is unknown */
  override build(shape: Shape | Shape[]): void {
    const channels = this.channelsOf(shape);
    const { filters, kernelSize } = this.fields;
    this.addKernel([...kernelSize, filters, channels]);
    this.addBias(filters, channels);
  }

  override computeOutputShape(shape: Shape | Shape[]): Shape {
    const [batch, steps] = shape as Shape;
    return [batch, steps === null ? null : this.#lengthOf(steps), this.fields.filters];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = firstTensor(inputs);
    return convolveTransposed(this, x, this.#lengthOf(x.shape[1] as number));
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { dilationRate: _, ...config } = super.getConfig();
    return config;
  }

  #lengthOf(steps: number): number {
    const { kernelSize, strides, padding } = this.fields;
    return steps * strides[0] + (padding === 'same' ? 0 : Math.max(kernelSize[0] - strides[0], 0));
  }
}
