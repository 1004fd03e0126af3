import type * as tf from '@tensorflow/tfjs-core';
import { convolveDepthwiseSequence } from './convolve.js';
import type { KernelArgs } from './kernelOptions.js';
import { layerProblem } from './layerProblem.js';
import { type Conv1DArgs, SequenceConvolution } from './sequenceConvolution.js';
import { firstTensor, type Shape } from './tfjsLayer.js';

export type DepthwiseConv1DArgs = Omit<
  Conv1DArgs,
  'filters' | 'kernelInitializer' | 'kernelRegularizer' | 'kernelConstraint'
> & {
  /** How many filters each channel has. Default 1. */
  readonly depthMultiplier?: number;
  readonly depthwiseInitializer?: KernelArgs['kernelInitializer'];
  readonly depthwiseRegularizer?: KernelArgs['kernelRegularizer'];
  readonly depthwiseConstraint?: KernelArgs['kernelConstraint'];
};

/**
 * Keras's DepthwiseConv1D, which tfjs lacks: each channel of sequences `[batch, steps, channels]` has filters of its own. Gives
 * `[batch, steps, channels · depthMultiplier]`. Channels stand last.
 */
export class DepthwiseConv1D extends SequenceConvolution {
  static readonly className = 'DepthwiseConv1D';
  readonly #depthMultiplier: number;

  /** @throws InvalidArgumentError where the multiplier isn't a whole number from 1, channels stand first or the padding is causal */
  constructor(args: DepthwiseConv1DArgs) {
    const { depthMultiplier = 1, depthwiseInitializer, depthwiseRegularizer, depthwiseConstraint, ...rest } = args;
    super({
      ...rest,
      filters: 1,
      kernelInitializer: depthwiseInitializer ?? 'glorotUniform',
      ...(depthwiseRegularizer != null && { kernelRegularizer: depthwiseRegularizer }),
      ...(depthwiseConstraint != null && { kernelConstraint: depthwiseConstraint }),
    });
    this.#depthMultiplier = depthMultiplier;
    if (!Number.isInteger(depthMultiplier) || depthMultiplier < 1) {
      throw layerProblem(this, `its depthMultiplier is ${depthMultiplier}; it must be a whole number from 1`);
    }
  }

  /** @throws InvalidArgumentError where the number of channels is unknown */
  override build(shape: Shape | Shape[]): void {
    const channels = this.channelsOf(shape);
    this.addKernel([...this.fields.kernelSize, channels, this.#depthMultiplier]);
    this.addBias(channels * this.#depthMultiplier, channels);
  }

  override computeOutputShape(shape: Shape | Shape[]): Shape {
    const channels = (shape as Shape)[(shape as Shape).length - 1];
    const [batch, steps] = super.computeOutputShape(shape) as Shape;
    return [batch, steps, channels === null ? null : channels * this.#depthMultiplier];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return convolveDepthwiseSequence(this, firstTensor(inputs));
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { filters: _, kernelInitializer, kernelRegularizer, kernelConstraint, ...config } = super.getConfig();
    return {
      ...config,
      depthMultiplier: this.#depthMultiplier,
      depthwiseInitializer: kernelInitializer,
      depthwiseRegularizer: kernelRegularizer,
      depthwiseConstraint: kernelConstraint,
    };
  }
}
