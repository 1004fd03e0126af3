import * as tf from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { depthwiseSums, groupedSums, pictureSums, type Spacing, sequenceSums } from './convolutionSums.js';
import { project } from './project.js';
import type { LayerWeight } from './tfjsLayer.js';

/** What this needs of tfjs's convolutional layers, which their types hide. */
interface Convolution {
  readonly bias: LayerWeight<tf.Tensor1D> | null;
  readonly activation: { apply(x: tf.Tensor): tf.Tensor } | null;
  readonly kernelSize: readonly number[];
  readonly strides: readonly number[];
  readonly dilationRate: readonly number[] | number;
  readonly padding: Spacing['padding'];
  readonly dataFormat: string;
}

interface PlainConvolution extends Convolution {
  readonly kernel: LayerWeight;
}

interface DepthwiseConvolution extends Convolution {
  readonly depthwiseKernel: LayerWeight<tf.Tensor4D>;
}

/** The layer's own call; a convolution is the same in training and in inference mode. */
interface PlainCall {
  plainly(x: tf.Tensor): tf.Tensor;
}

interface SeparableConvolution extends DepthwiseConvolution {
  readonly pointwiseKernel: LayerWeight<tf.Tensor4D>;
}

/**
 * A Conv1D or Conv2D layer in training mode, where its gradient would be wrong otherwise: TensorFlow's C++ gradient forgets
 * dilations, tfjs has none for them, and oneDNN's for a kernel of one pixel with strides and few channels isn't always
 * the same. Both become convolutions without strides and dilations, which give the same numbers.
 */
export function convolve(layer: layers.Layer, x: tf.Tensor, { plainly }: PlainCall): tf.Tensor {
  const convolution = layer as unknown as PlainConvolution;
  const { kernel, kernelSize } = convolution;
  const spacing = spacingOf(convolution);
  const dilated = spacing.dilations.some(rate => rate > 1);
  const strided = kernelSize.every(size => size === 1) && spacing.strides.some(stride => stride > 1);
  if (!(dilated || strided) || !isChannelsLast(convolution)) return plainly(x);
  const sums =
    kernelSize.length === 1
      ? sequenceSums(x, kernel.read(), spacing, pictureSums)
      : pictureSums(x as tf.Tensor4D, kernel.read() as tf.Tensor4D, spacing);
  return finished(convolution, sums);
}

function spacingOf({ kernelSize, strides, dilationRate, padding }: Convolution): Spacing {
  const dilations = typeof dilationRate === 'number' ? kernelSize.map(() => dilationRate) : dilationRate;
  return { strides, dilations, padding };
}

/** A Conv1D or Conv2D layer each of whose filters sees a group of the channels, the same in training and in inference mode. */
export function convolveGroups(layer: layers.Layer, x: tf.Tensor, groups: number): tf.Tensor {
  return tf.tidy(() => {
    const convolution = layer as unknown as PlainConvolution;
    const [kernel, spacing] = [convolution.kernel.read(), spacingOf(convolution)];
    const sums = groupedSums(groups);
    return finished(
      convolution,
      kernel.rank === 3
        ? sequenceSums(x, kernel, spacing, sums)
        : sums(x as tf.Tensor4D, kernel as tf.Tensor4D, spacing),
    );
  });
}

/** A DepthwiseConv1D layer, the same in training and in inference mode. */
export function convolveDepthwiseSequence(layer: layers.Layer, x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const convolution = layer as unknown as PlainConvolution;
    return finished(convolution, sequenceSums(x, convolution.kernel.read(), spacingOf(convolution), depthwiseSums));
  });
}

interface SeparableSequence extends Convolution {
  readonly depthwiseKernel: LayerWeight;
  readonly pointwiseKernel: LayerWeight;
}

/** A SeparableConv1D layer, the same in training and in inference mode. */
export function convolveSeparableSequence(layer: layers.Layer, x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const convolution = layer as unknown as SeparableSequence;
    const channels = sequenceSums(x, convolution.depthwiseKernel.read(), spacingOf(convolution), depthwiseSums);
    const pointwise = tf.squeeze(convolution.pointwiseKernel.read(), [0]);
    return finished(convolution, project(channels, pointwise, null));
  });
}

/** A Conv1DTranspose layer: `length` is that of what comes out. */
export function convolveTransposed(layer: layers.Layer, x: tf.Tensor, length: number): tf.Tensor {
  return tf.tidy(() => {
    const convolution = layer as unknown as PlainConvolution;
    const { strides, padding } = convolution;
    const kernel = tf.expandDims(convolution.kernel.read(), 0) as tf.Tensor4D;
    const shape: [number, number, number, number] = [x.shape[0] as number, 1, length, kernel.shape[2]];
    const pictures = tf.expandDims(x, 1) as tf.Tensor4D;
    const sums = tf.conv2dTranspose(pictures, kernel, shape, [1, strides[0]], padding as 'same' | 'valid');
    return finished(convolution, tf.squeeze(sums, [1]));
  });
}

/** A Conv1D layer that sees no step after its own, the same in training and in inference mode. */
export function convolveCausally(layer: layers.Layer, x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const convolution = layer as unknown as PlainConvolution;
    return finished(convolution, sequenceSums(x, convolution.kernel.read(), spacingOf(convolution), pictureSums));
  });
}

/** A SeparableConv2D layer in training mode: {@link convolve} has the same reasons. */
export function convolveSeparably(layer: layers.Layer, x: tf.Tensor, { plainly }: PlainCall): tf.Tensor {
  const convolution = layer as unknown as SeparableConvolution;
  const spacing = spacingOf(convolution);
  if (spacing.dilations.every(rate => rate === 1) || !isChannelsLast(convolution)) return plainly(x);
  const [depthwise, pointwise] = [convolution.depthwiseKernel.read(), convolution.pointwiseKernel.read()];
  const channels = depthwiseSums(x as tf.Tensor4D, depthwise, spacing);
  return finished(convolution, tf.conv2d(channels, pointwise, 1, 'valid'));
}

/** The same in training and in inference mode: tfjs's own DepthwiseConv2D ignores dilations. */
export function convolveDepthwise(layer: layers.Layer, x: tf.Tensor): tf.Tensor {
  const convolution = layer as unknown as DepthwiseConvolution;
  const kernel = convolution.depthwiseKernel.read();
  return finished(convolution, depthwiseSums(x as tf.Tensor4D, kernel, spacingOf(convolution)));
}

/** tfjs refuses causal padding itself. */
const isChannelsLast = ({ dataFormat, padding }: Convolution): boolean =>
  dataFormat !== 'channelsFirst' && padding !== 'causal';

function finished({ bias, activation }: Convolution, sums: tf.Tensor): tf.Tensor {
  const output = bias == null ? sums : tf.add(sums, bias.read());
  return activation == null ? output : activation.apply(output);
}
