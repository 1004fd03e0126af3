import type * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { convolveTransposed } from './convolve.js';
import type { Constraint, Initializer, Regularizer } from './kernelOptions.js';
import { classOf, firstTensor, type Shape } from './tfjsLayer.js';

type ConvArgs = Parameters<typeof layers.conv1d>[0];
export type Conv1DTransposeArgs = Omit<ConvArgs, 'dilationRate'>;

const Conv1D = classOf(layers.conv1d, { filters: 1, kernelSize: 1 });

/** What this needs of tfjs's class, which its types hide. */
interface Fields {
  readonly filters: number;
  readonly kernelSize: readonly number[];
  readonly strides: readonly number[];
  readonly padding: string;
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
 * Keras's Conv1DTranspose, which tfjs lacks: the way back of a convolution of sequences, `[batch, steps, channels]` to
 * `[batch, steps · strides, filters]`, and more at the end where the padding is valid. Channels stand last.
 *
 * Source: keras/src/layers/convolutional/conv1d_transpose.py.
 */
export class Conv1DTranspose extends Conv1D {
  static readonly className = 'Conv1DTranspose';

  /** @throws InvalidArgumentError where channels stand first, the padding is causal or a rate of dilation is given */
  constructor(args: Conv1DTransposeArgs) {
    super({ ...args, kernelInitializer: args.kernelInitializer ?? 'glorotUniform' });
    if (args.dataFormat === 'channelsFirst') throw this.#problem("it needs 'dataFormat' channelsLast");
    if (args.padding === 'causal')
      throw this.#problem("its 'padding' is causal; it must be valid or same, as in Keras");
    if ([(args as ConvArgs).dilationRate ?? 1].flat()[0] !== 1) {
      throw this.#problem('it has a dilationRate, which TensorFlow has no kernel for');
    }
  }

  /** @throws InvalidArgumentError where the number of channels is unknown */
  override build(shape: Shape | Shape[]): void {
    const channels = (shape as Shape)[(shape as Shape).length - 1];
    if (channels === null) throw this.#problem(`its input of shape [${shape}] needs a last axis of known length`);
    const fields = this as unknown as Fields;
    const { filters, kernelSize, kernelInitializer, kernelRegularizer, kernelConstraint, useBias, ...bias } = fields;
    const kernel = [...kernelSize, filters, channels];
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
    fields.bias = useBias
      ? this.addWeight('bias', [filters], 'float32', biasInitializer, biasRegularizer, true, biasConstraint)
      : null;
    this.inputSpec = [{ ndim: 3, axes: { 2: channels } } as never];
    this.built = true;
  }

  override computeOutputShape(shape: Shape | Shape[]): Shape {
    const [batch, steps] = shape as Shape;
    return [batch, steps === null ? null : this.#lengthOf(steps), (this as unknown as Fields).filters];
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
    const { kernelSize, strides, padding } = this as unknown as Fields;
    return steps * strides[0] + (padding === 'same' ? 0 : Math.max(kernelSize[0] - strides[0], 0));
  }

  #problem(text: string): InvalidArgumentError {
    return new InvalidArgumentError(`${this.getClassName()} '${this.name}': ${text}.`);
  }
}
