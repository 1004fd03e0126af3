import { layers } from '@tensorflow/tfjs-layers';
import { type Constraint, type Initializer, type Regularizer, weightOptions } from './kernelOptions.js';
import { layerProblem } from './layerProblem.js';
import { classOf, type Shape } from './tfjsLayer.js';

export type Conv1DArgs = Parameters<typeof layers.conv1d>[0];

/** What this needs of tfjs's class, which its types hide. */
export interface Conv1DFields {
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

const Conv1D = classOf(layers.conv1d, { filters: 1, kernelSize: 1 });

/** A convolution of sequences `[batch, steps, channels]` whose kernel has another shape than that of tfjs's Conv1D. */
export abstract class SequenceConvolution extends Conv1D {
  /** @throws InvalidArgumentError where channels stand first or the padding is causal */
  constructor(args: Conv1DArgs) {
    super(args);
    if (args.dataFormat === 'channelsFirst') throw layerProblem(this, "it needs 'dataFormat' channelsLast");
    if (args.padding === 'causal')
      throw layerProblem(this, "its 'padding' is causal; it must be valid or same, as in Keras");
  }

  /** tfjs's own, with what its types hide. */
  protected get fields(): Conv1DFields {
    return this as unknown as Conv1DFields;
  }

  /** @throws InvalidArgumentError where the number of channels is unknown */
  protected channelsOf(shape: Shape | Shape[]): number {
    const channels = (shape as Shape)[(shape as Shape).length - 1];
    if (channels === null) throw layerProblem(this, `its input of shape [${shape}] needs a last axis of known length`);
    return channels;
  }

  protected addKernel(lengths: number[]): void {
    const { kernelInitializer, kernelRegularizer, kernelConstraint } = this.fields;
    const options = weightOptions(kernelInitializer, kernelRegularizer, kernelConstraint);
    this.fields.kernel = this.addWeight('kernel', lengths, 'float32', ...options);
  }

  /** What all of them end their `build` with: a bias of so many numbers, where there is one. */
  protected addBias(length: number, channels: number): void {
    const { useBias, biasInitializer, biasRegularizer, biasConstraint } = this.fields;
    const options = weightOptions(biasInitializer, biasRegularizer, biasConstraint);
    this.fields.bias = useBias ? this.addWeight('bias', [length], 'float32', ...options) : null;
    this.inputSpec = [{ ndim: 3, axes: { 2: channels } } as never];
    this.built = true;
  }
}
