import * as tf from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { project } from './project.js';
import type { LayerWeight } from './tfjsLayer.js';

/** What this needs of tfjs's convolutional layers, which their types hide. */
interface Convolution {
  readonly bias: LayerWeight<tf.Tensor1D> | null;
  readonly activation: { apply(x: tf.Tensor): tf.Tensor } | null;
  readonly kernelSize: readonly number[];
  readonly strides: readonly number[];
  readonly dilationRate: readonly number[] | number;
  readonly padding: 'same' | 'valid' | 'causal';
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
      ? asPicture(convolution, x, kernel.read(), pictureSums)
      : pictureSums(x as tf.Tensor4D, kernel.read() as tf.Tensor4D, spacing);
  return finished(convolution, sums);
}

/** How a kernel goes over its input, along each of its axes. */
interface Spacing {
  readonly strides: readonly number[];
  /** Other than 1 only without strides, as Keras demands. */
  readonly dilations: readonly number[];
  readonly padding: Convolution['padding'];
}

function spacingOf(convolution: Convolution): Spacing {
  const { strides, padding } = convolution;
  return { strides, dilations: dilationsOf(convolution), padding };
}

/** A convolution of pictures whose gradient is right whatever the kernel, its strides and dilations. */
function pictureSums(x: tf.Tensor4D, kernel: tf.Tensor4D, { strides, dilations, padding }: Spacing): tf.Tensor4D {
  if (dilations.some(rate => rate > 1)) {
    return undilated(x, kernel, dilations, padding, pictures => tf.conv2d(pictures, kernel, 1, 'valid'));
  }
  if (kernel.shape[0] * kernel.shape[1] === 1 && strides.some(stride => stride > 1)) {
    // Mean of one pixel: leaves out those between the strides, with a gradient.
    return tf.conv2d(tf.avgPool(x, 1, pairOf(strides), 'valid'), kernel, 1, 'valid');
  }
  return tf.conv2d(x, kernel, pairOf(strides), padding as 'same' | 'valid');
}

/** A Conv1D or Conv2D layer each of whose filters sees a group of the channels, the same in training and in inference mode. */
export function convolveGroups(layer: layers.Layer, x: tf.Tensor, groups: number): tf.Tensor {
  return tf.tidy(() => {
    const convolution = layer as unknown as PlainConvolution;
    const kernel = convolution.kernel.read();
    const sums = (input: tf.Tensor4D, filters: tf.Tensor4D, spacing: Spacing) =>
      groupedSums(input, filters, groups, spacing);
    return finished(
      convolution,
      kernel.rank === 3
        ? asPicture(convolution, x, kernel, sums)
        : sums(x as tf.Tensor4D, kernel as tf.Tensor4D, spacingOf(convolution)),
    );
  });
}

function groupedSums(x: tf.Tensor4D, kernel: tf.Tensor4D, groups: number, spacing: Spacing): tf.Tensor4D {
  const [rows, columns, channels, filters] = kernel.shape;
  if (channels === 1 && spacing.strides[0] === spacing.strides[1]) {
    const depthwise = tf.reshape(kernel, [rows, columns, groups, filters / groups]) as tf.Tensor4D;
    return depthwiseSums(x, depthwise, spacing);
  }
  const kernels = tf.split(kernel, groups, 3) as tf.Tensor4D[];
  const parts = (tf.split(x, groups, 3) as tf.Tensor4D[]).map((part, i) => pictureSums(part, kernels[i], spacing));
  return tf.concat(parts, 3);
}

type PictureSums = (x: tf.Tensor4D, kernel: tf.Tensor4D, spacing: Spacing) => tf.Tensor4D;

/** What pictures of one row give for sequences `[batch, steps, channels]`; they may see no step after their own. */
function asPicture(convolution: Convolution, x: tf.Tensor, kernel: tf.Tensor, sums: PictureSums): tf.Tensor {
  const { strides, dilations, padding } = spacingOf(convolution);
  const before = padding === 'causal' ? ((kernel.shape[0] as number) - 1) * dilations[0] : 0;
  const padded =
    before === 0
      ? x
      : tf.pad(x, [
          [0, 0],
          [before, 0],
          [0, 0],
        ]);
  // Depthwise kernels have the same strides for rows, of which there is one.
  const row = {
    strides: [strides[0], strides[0]],
    dilations: [1, dilations[0]],
    padding: padding === 'causal' ? ('valid' as const) : padding,
  };
  return tf.squeeze(sums(tf.expandDims(padded, 1) as tf.Tensor4D, tf.expandDims(kernel, 0) as tf.Tensor4D, row), [1]);
}

/** A DepthwiseConv1D layer, the same in training and in inference mode. */
export function convolveDepthwiseSequence(layer: layers.Layer, x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const convolution = layer as unknown as PlainConvolution;
    return finished(convolution, asPicture(convolution, x, convolution.kernel.read(), depthwiseSums));
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
    const channels = asPicture(convolution, x, convolution.depthwiseKernel.read(), depthwiseSums);
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
    return finished(convolution, asPicture(convolution, x, convolution.kernel.read(), pictureSums));
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

function depthwiseSums(x: tf.Tensor4D, kernel: tf.Tensor4D, { strides, dilations, padding }: Spacing): tf.Tensor4D {
  if (dilations.every(rate => rate === 1))
    return tf.depthwiseConv2d(x, kernel, pairOf(strides), padding as 'same' | 'valid');
  return undilated(x, kernel, dilations, padding, pictures => tf.depthwiseConv2d(pictures, kernel, 1, 'valid'));
}

const pairOf = ([rows, columns]: readonly number[]): [number, number] => [rows, columns];

const dilationsOf = ({ dilationRate, kernelSize }: Convolution): readonly number[] =>
  typeof dilationRate === 'number' ? kernelSize.map(() => dilationRate) : dilationRate;

/** tfjs refuses causal padding itself. */
const isChannelsLast = ({ dataFormat, padding }: Convolution): boolean =>
  dataFormat !== 'channelsFirst' && padding !== 'causal';

function finished({ bias, activation }: Convolution, sums: tf.Tensor): tf.Tensor {
  const output = bias == null ? sums : tf.add(sums, bias.read());
  return activation == null ? output : activation.apply(output);
}

/** Pixels that lie `dilations` apart become pictures of their own, as in TensorFlow's `with_space_to_batch`. */
function undilated(
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  dilations: readonly number[],
  padding: string,
  convolveValid: (pictures: tf.Tensor4D) => tf.Tensor4D,
): tf.Tensor4D {
  const sides = dilations.map((rate, i) => {
    const padded = padding === 'same' ? (kernel.shape[i] - 1) * rate : 0;
    const before = Math.floor(padded / 2);
    const rest = (rate - ((x.shape[i + 1] + padded) % rate)) % rate;
    return { pad: [before, padded - before + rest], crop: [0, rest] };
  });
  const block = [...dilations];
  const pads = sides.map(({ pad }) => pad);
  const crops = sides.map(({ crop }) => crop);
  return tf.batchToSpaceND(convolveValid(tf.spaceToBatchND(x, block, pads)), block, crops);
}
