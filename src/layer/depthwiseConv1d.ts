import type * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { convolveDepthwiseSequence } from './convolve.js';
import type { Constraint, Initializer, KernelArgs, Regularizer } from './kernelOptions.js';
import { classOf, firstTensor, type Shape } from './tfjsLayer.js';

type ConvArgs = Parameters<typeof layers.conv1d>[0];
export type DepthwiseConv1DArgs = Omit<
  ConvArgs,
  'filters' | 'kernelInitializer' | 'kernelRegularizer' | 'kernelConstraint'
> & {
  /** How many filters each channel has. Default 1. */
  readonly depthMultiplier?: number;
  readonly depthwiseInitializer?: KernelArgs['kernelInitializer'];
  readonly depthwiseRegularizer?: KernelArgs['kernelRegularizer'];
  readonly depthwiseConstraint?: KernelArgs['kernelConstraint'];
};

const Conv1D = classOf(layers.conv1d, { filters: 1, kernelSize: 1 });

/** What this needs of tfjs's class, which its types hide. */
interface Fields {
  readonly kernelSize: readonly number[];
  readonly kernelInitializer: Initializer;
  readonly kernelRegularizer?: Regularizer;
  readonly kernelConstraint?: Constraint;
  readonly useBias: boolean;
  readonly biasInitializer: Initializer;
  readonly biasRegularizer?: Regularizer;
  readonly biasConstraint?: Constraint;
  kernel: unknown;
  bias: unknown;
}

/**
 * Keras's DepthwiseConv1D, which tfjs lacks: each channel of sequences `[batch, steps, channels]` has filters of its own. Gives
 * `[batch, steps, channels · depthMultiplier]`. Channels stand last.
 */
export class DepthwiseConv1D extends Conv1D {
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
      throw this.#problem(`its depthMultiplier is ${depthMultiplier}; it must be a whole number from 1`);
    }
    if (args.dataFormat === 'channelsFirst') throw this.#problem("it needs 'dataFormat' channelsLast");
    if (args.padding === 'causal')
      throw this.#problem("its 'padding' is causal; it must be valid or same, as in Keras");
  }

  /** @throws InvalidArgumentError where the number of channels is unknown */
  override build(shape: Shape | Shape[]): void {
    const channels = channelsOf(shape);
    if (channels === null) throw this.#problem(`its input of shape [${shape}] needs a last axis of known length`);
    const fields = this as unknown as Fields;
    const { kernelSize, kernelInitializer, kernelRegularizer, kernelConstraint, useBias, ...bias } = fields;
    const kernel = [...kernelSize, channels, this.#depthMultiplier];
    fields.kernel = this.addWeight(
      'kernel',
      kernel,
      'float32',
      kernelInitializer,
      kernelRegularizer,
      true,
      kernelConstraint,
    );
    const { biasInitializer, biasRegularizer, biasConstraint } = bias;
    const places = [channels * this.#depthMultiplier];
    fields.bias = useBias
      ? this.addWeight('bias', places, 'float32', biasInitializer, biasRegularizer, true, biasConstraint)
      : null;
    this.inputSpec = [{ ndim: 3, axes: { 2: channels } } as never];
    this.built = true;
  }

  override computeOutputShape(shape: Shape | Shape[]): Shape {
    const channels = channelsOf(shape);
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

  #problem(text: string): InvalidArgumentError {
    return new InvalidArgumentError(`${this.getClassName()} '${this.name}': ${text}.`);
  }
}

const channelsOf = (shape: Shape | Shape[]): number | null => (shape as Shape)[(shape as Shape).length - 1];
