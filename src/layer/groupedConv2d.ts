import type * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { checkGroups, shapeOfGroup } from './channelGroups.js';
import { convolveGroups } from './convolve.js';
import { classOf, firstTensor, type Shape } from './tfjsLayer.js';

type ConvArgs = Parameters<typeof layers.conv2d>[0];
export type GroupedConv2DArgs = ConvArgs & {
  /** Into how many groups the channels are divided. */
  readonly groups: number;
};

const Conv2D = classOf(layers.conv2d, { filters: 1, kernelSize: 1 });

/**
 * Keras's Conv2D with `groups`, which tfjs lacks: input channels and filters are divided into so many groups, and filters of a
 * group see its channels alone. Of as many groups as channels, it is a depthwise convolution, which WebAssembly can't train. Channels
 * stand last.
 */
export class GroupedConv2D extends Conv2D {
  static readonly className = 'GroupedConv2D';
  readonly groups: number;

  /** @throws InvalidArgumentError where the filters can't be divided so, or channels stand first */
  constructor(args: GroupedConv2DArgs) {
    super(args);
    this.groups = args.groups;
    checkGroups(this, args);
  }

  /** @throws InvalidArgumentError where the input's channels can't be divided so */
  override build(shape: Shape | Shape[]): void {
    const input = shape as Shape;
    super.build(shapeOfGroup(this, input, this.groups));
    this.inputSpec = [{ ndim: 4, axes: { 3: input[3] } } as never];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return convolveGroups(this, firstTensor(inputs), this.groups);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), groups: this.groups };
  }
}
