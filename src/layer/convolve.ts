import * as tf from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';

/** What this needs of tfjs's convolutional layers, which their types hide. */
interface Convolution {
  readonly bias: { read(): tf.Tensor1D } | null;
  readonly activation: { apply(x: tf.Tensor): tf.Tensor } | null;
  readonly kernelSize: readonly number[];
  readonly strides: readonly number[];
  readonly dilationRate: readonly number[] | number;
  readonly padding: 'same' | 'valid' | 'causal';
  readonly dataFormat: string;
}

interface PlainConvolution extends Convolution {
  readonly kernel: { read(): tf.Tensor };
}

interface DepthwiseConvolution extends Convolution {
  readonly depthwiseKernel: { read(): tf.Tensor4D };
}

/** The layer's own call; a convolution is the same in training and in inference mode. */
interface PlainCall {
  plainly(x: tf.Tensor): tf.Tensor;
}

interface SeparableConvolution extends DepthwiseConvolution {
  readonly pointwiseKernel: { read(): tf.Tensor4D };
}

/**
 * A Conv1D or Conv2D layer in training mode, where its gradient would be wrong otherwise: TensorFlow's C++ gradient forgets
 * dilations, tfjs has none for them, and oneDNN's for a kernel of one pixel with strides and few channels isn't always
 * the same. Both become convolutions without strides and dilations, which give the same numbers.
 */
export function convolve(layer: layers.Layer, x: tf.Tensor, { plainly }: PlainCall): tf.Tensor {
  const convolution = layer as unknown as PlainConvolution;
  const { kernel, kernelSize, strides, padding } = convolution;
  const dilations = dilationsOf(convolution);
  const dilated = dilations.some(rate => rate > 1);
  const strided = kernelSize.every(size => size === 1) && strides.some(stride => stride > 1);
  if (!(dilated || strided) || !isChannelsLast(convolution)) return plainly(x);
  // A sequence is a picture of one row.
  const row = kernelSize.length === 1;
  const input = (row ? tf.expandDims(x, 1) : x) as tf.Tensor4D;
  const weights = (row ? tf.expandDims(kernel.read(), 0) : kernel.read()) as tf.Tensor4D;
  const pair = (numbers: readonly number[]): [number, number] => (row ? [1, numbers[0]] : [numbers[0], numbers[1]]);
  const sums = dilated
    ? undilated(input, weights, pair(dilations), padding, pictures => tf.conv2d(pictures, weights, 1, 'valid'))
    : // Mean of one pixel: leaves out those between the strides, with a gradient.
      tf.conv2d(tf.avgPool(input, 1, pair(strides), 'valid'), weights, 1, 'valid');
  return finished(convolution, row ? tf.squeeze(sums, [1]) : sums);
}

/** A SeparableConv2D layer in training mode: {@link convolve} has the same reasons. */
export function convolveSeparably(layer: layers.Layer, x: tf.Tensor, { plainly }: PlainCall): tf.Tensor {
  const convolution = layer as unknown as SeparableConvolution;
  const dilations = dilationsOf(convolution);
  if (dilations.every(rate => rate === 1) || !isChannelsLast(convolution)) return plainly(x);
  const [depthwise, pointwise] = [convolution.depthwiseKernel.read(), convolution.pointwiseKernel.read()];
  const channels = undilated(x as tf.Tensor4D, depthwise, dilations, convolution.padding, pictures =>
    tf.depthwiseConv2d(pictures, depthwise, 1, 'valid'),
  );
  return finished(convolution, tf.conv2d(channels, pointwise, 1, 'valid'));
}

/** The same in training and in inference mode: tfjs's own DepthwiseConv2D ignores dilations. */
export function convolveDepthwise(layer: layers.Layer, x: tf.Tensor): tf.Tensor {
  const convolution = layer as unknown as DepthwiseConvolution;
  const kernel = convolution.depthwiseKernel.read();
  const sums = undilated(x as tf.Tensor4D, kernel, dilationsOf(convolution), convolution.padding, pictures =>
    tf.depthwiseConv2d(pictures, kernel, 1, 'valid'),
  );
  return finished(convolution, sums);
}

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
