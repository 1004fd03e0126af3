import type * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { checkGroups, shapeOfGroup } from './channelGroups.js';
import { convolveGroups } from './convolve.js';
import { classOf, firstTensor, type Shape } from './tfjsLayer.js';

type ConvArgs = Parameters<typeof layers.conv1d>[0];
export type GroupedConv1DArgs = ConvArgs & {
  /** Into how many groups the channels are divided. */
  readonly groups: number;
};

const Conv1D = classOf(layers.conv1d, { filters: 1, kernelSize: 1 });

/**
 * Keras's Conv1D with `groups`, which tfjs lacks: input channels and filters are divided into so many groups, and filters of a
 * group see its channels alone. With `padding: 'causal'` a step sees none after its own. Channels stand last.
 */
export class GroupedConv1D extends Conv1D {
  static readonly className = 'GroupedConv1D';
  readonly groups: number;

  /** @throws InvalidArgumentError where the filters can't be divided so, or channels stand first */
  constructor(args: GroupedConv1DArgs) {
    super(args);
    this.groups = args.groups;
    checkGroups(this, args);
  }

  /** @throws InvalidArgumentError where the input's channels can't be divided so */
  override build(shape: Shape | Shape[]): void {
    const input = shape as Shape;
    super.build(shapeOfGroup(this, input, this.groups));
    this.inputSpec = [{ ndim: 3, axes: { 2: input[2] } } as never];
  }

  override computeOutputShape(shape: Shape | Shape[]): Shape {
    const { padding, strides, filters } = this as unknown as {
      readonly padding: string;
      readonly strides: readonly number[];
      readonly filters: number;
    };
    if (padding !== 'causal') return super.computeOutputShape(shape) as Shape;
    const [batch, steps] = shape as Shape;
    return [batch, steps === null ? null : Math.ceil(steps / strides[0]), filters];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return convolveGroups(this, firstTensor(inputs), this.groups);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), groups: this.groups };
  }
}
