import type * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { convolveSeparableSequence } from './convolve.js';
import {
  type Constraint,
  type Initializer,
  type KernelArgs,
  kernelOptions,
  type Regularizer,
} from './kernelOptions.js';
import { classOf, firstTensor, type Shape } from './tfjsLayer.js';

type ConvArgs = Parameters<typeof layers.conv1d>[0];
export type SeparableConv1DArgs = Omit<ConvArgs, 'kernelInitializer' | 'kernelRegularizer' | 'kernelConstraint'> & {
  /** How many filters each channel has before they are put together. Default 1. */
  readonly depthMultiplier?: number;
  readonly depthwiseInitializer?: KernelArgs['kernelInitializer'];
  readonly depthwiseRegularizer?: KernelArgs['kernelRegularizer'];
  readonly depthwiseConstraint?: KernelArgs['kernelConstraint'];
  readonly pointwiseInitializer?: KernelArgs['kernelInitializer'];
  readonly pointwiseRegularizer?: KernelArgs['kernelRegularizer'];
  readonly pointwiseConstraint?: KernelArgs['kernelConstraint'];
};

const Conv1D = classOf(layers.conv1d, { filters: 1, kernelSize: 1 });

/** What this needs of tfjs's class, which its types hide. */
interface Fields {
  readonly filters: number;
  readonly kernelSize: readonly number[];
  readonly useBias: boolean;
  readonly biasInitializer: Initializer;
  readonly biasRegularizer?: Regularizer;
  readonly biasConstraint?: Constraint;
  bias: unknown;
}

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
export class SeparableConv1D extends Conv1D {
  static readonly className = 'SeparableConv1D';
  // Not private: what a layer's weights are drawn and held down by is found by these names.
  readonly depthwiseInitializer: Initializer;
  readonly pointwiseInitializer: Initializer;
  readonly depthwiseRegularizer: Regularizer | null;
  readonly pointwiseRegularizer: Regularizer | null;
  depthwiseKernel: { read(): tf.Tensor } | undefined;
  pointwiseKernel: { read(): tf.Tensor } | undefined;
  readonly #depthMultiplier: number;
  readonly #depthwise: ReturnType<typeof kernelOptions>;
  readonly #pointwise: ReturnType<typeof kernelOptions>;

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
      throw this.#problem(`its depthMultiplier is ${depthMultiplier}; it must be a whole number from 1`);
    }
    if (args.dataFormat === 'channelsFirst') throw this.#problem("it needs 'dataFormat' channelsLast");
    if (args.padding === 'causal')
      throw this.#problem("its 'padding' is causal; it must be valid or same, as in Keras");
  }

  /** @throws InvalidArgumentError where the number of channels is unknown */
  override build(shape: Shape | Shape[]): void {
    const channels = (shape as Shape)[(shape as Shape).length - 1];
    if (channels === null) throw this.#problem(`its input of shape [${shape}] needs a last axis of known length`);
    const fields = this as unknown as Fields;
    const { filters, kernelSize, useBias, biasInitializer, biasRegularizer, biasConstraint } = fields;
    const kernel = (name: string, lengths: number[], options: ReturnType<typeof kernelOptions>) =>
      this.addWeight(
        name,
        lengths,
        'float32',
        options.kernelInitializer,
        options.kernelRegularizer ?? undefined,
        true,
        options.kernelConstraint ?? undefined,
      );
    const multiplier = this.#depthMultiplier;
    this.depthwiseKernel = kernel('depthwise_kernel', [...kernelSize, channels, multiplier], this.#depthwise);
    this.pointwiseKernel = kernel('pointwise_kernel', [1, channels * multiplier, filters], this.#pointwise);
    fields.bias = useBias
      ? this.addWeight('bias', [filters], 'float32', biasInitializer, biasRegularizer, true, biasConstraint)
      : null;
    this.inputSpec = [{ ndim: 3, axes: { 2: channels } } as never];
    this.built = true;
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

  #problem(text: string): InvalidArgumentError {
    return new InvalidArgumentError(`${this.getClassName()} '${this.name}': ${text}.`);
  }
}
