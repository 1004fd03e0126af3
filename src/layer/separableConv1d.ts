import type * as tf from '@tensorflow/tfjs-core';
import { convolveSeparableSequence } from './convolve.js';
import {
  type Initializer,
  type KernelArgs,
  type KernelOptions,
  kernelOptions,
  type Regularizer,
  weightOptions,
} from './kernelOptions.js';
import { layerProblem } from './layerProblem.js';
import { type Conv1DArgs, SequenceConvolution } from './sequenceConvolution.js';
import { firstTensor, type LayerWeight, type Shape } from './tfjsLayer.js';

export type SeparableConv1DArgs = Omit<Conv1DArgs, 'kernelInitializer' | 'kernelRegularizer' | 'kernelConstraint'> & {
  /** How many filters each channel has before they are put together. Default 1. */
  readonly depthMultiplier?: number;
  readonly depthwiseInitializer?: KernelArgs['kernelInitializer'];
  readonly depthwiseRegularizer?: KernelArgs['kernelRegularizer'];
  readonly depthwiseConstraint?: KernelArgs['kernelConstraint'];
  readonly pointwiseInitializer?: KernelArgs['kernelInitializer'];
  readonly pointwiseRegularizer?: KernelArgs['kernelRegularizer'];
  readonly pointwiseConstraint?: KernelArgs['kernelConstraint'];
};

/** One of the two kernels' options, by the names that Keras has for kernels. */
const ofKernel = (args: SeparableConv1DArgs, kind: 'depthwise' | 'pointwise') => {
  const [initializer, regularizer, constraint] = [
    args[`${kind}Initializer`],
    args[`${kind}Regularizer`],
    args[`${kind}Constraint`],
  ];
  return kernelOptions({
    ...(initializer != null && { kernelInitializer: initializer }),
    ...(regularizer != null && { kernelRegularizer: regularizer }),
    ...(constraint != null && { kernelConstraint: constraint }),
  });
};

/**
 * Keras's SeparableConv1D, which tfjs lacks: filters of each channel of sequences `[batch, steps, channels]`, then products of all with
 * one kernel of a single step. Gives `[batch, steps, filters]`. Channels stand last.
 *
 * Source: keras/src/layers/convolutional/separable_conv1d.py.
 */
export class SeparableConv1D extends SequenceConvolution {
  static readonly className = 'SeparableConv1D';
  // Not private: what a layer's weights are drawn and held down by is found by these names.
  readonly depthwiseInitializer: Initializer;
  readonly pointwiseInitializer: Initializer;
  readonly depthwiseRegularizer: Regularizer | null;
  readonly pointwiseRegularizer: Regularizer | null;
  depthwiseKernel: LayerWeight | undefined;
  pointwiseKernel: LayerWeight | undefined;
  readonly #depthMultiplier: number;
  readonly #depthwise: KernelOptions;
  readonly #pointwise: KernelOptions;

  /** @throws InvalidArgumentError where the multiplier isn't a whole number from 1, channels stand first or the padding is causal */
  constructor(args: SeparableConv1DArgs) {
    super(args);
    const { depthMultiplier = 1 } = args;
    this.#depthMultiplier = depthMultiplier;
    this.#depthwise = ofKernel(args, 'depthwise');
    this.#pointwise = ofKernel(args, 'pointwise');
    this.depthwiseInitializer = this.#depthwise.kernelInitializer;
    this.pointwiseInitializer = this.#pointwise.kernelInitializer;
    this.depthwiseRegularizer = this.#depthwise.kernelRegularizer;
    this.pointwiseRegularizer = this.#pointwise.kernelRegularizer;
    if (!Number.isInteger(depthMultiplier) || depthMultiplier < 1) {
      throw layerProblem(this, `its depthMultiplier is ${depthMultiplier}; it must be a whole number from 1`);
    }
  }

  /** @throws InvalidArgumentError where the number of channels is unknown */
  override build(shape: Shape | Shape[]): void {
    const channels = this.channelsOf(shape);
    const { filters, kernelSize } = this.fields;
    const kernel = (name: string, lengths: number[], options: KernelOptions) => {
      const { kernelInitializer, kernelRegularizer, kernelConstraint } = options;
      const ofKernel = weightOptions(kernelInitializer, kernelRegularizer, kernelConstraint);
      return this.addWeight(name, lengths, 'float32', ...ofKernel);
    };
    const multiplier = this.#depthMultiplier;
    this.depthwiseKernel = kernel('depthwise_kernel', [...kernelSize, channels, multiplier], this.#depthwise);
    this.pointwiseKernel = kernel('pointwise_kernel', [1, channels * multiplier, filters], this.#pointwise);
    this.addBias(filters, channels);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return convolveSeparableSequence(this, firstTensor(inputs));
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { kernelInitializer: _, kernelRegularizer: __, kernelConstraint: ___, ...config } = super.getConfig();
    const [depthwise, pointwise] = [this.#depthwise.config, this.#pointwise.config];
    return {
      ...config,
      depthMultiplier: this.#depthMultiplier,
      depthwiseInitializer: depthwise.kernelInitializer,
      depthwiseRegularizer: depthwise.kernelRegularizer,
      depthwiseConstraint: depthwise.kernelConstraint,
      pointwiseInitializer: pointwise.kernelInitializer,
      pointwiseRegularizer: pointwise.kernelRegularizer,
      pointwiseConstraint: pointwise.kernelConstraint,
    };
  }
}
