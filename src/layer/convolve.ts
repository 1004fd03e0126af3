import * as tf from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';

/** What this needs of tfjs's Conv2D, which its types hide. */
interface TfjsConv2D {
  readonly kernel: { read(): tf.Tensor4D };
  readonly bias: { read(): tf.Tensor1D } | null;
  readonly activation: { apply(x: tf.Tensor): tf.Tensor } | null;
  readonly kernelSize: readonly number[];
  readonly strides: readonly number[];
  readonly dilationRate: readonly number[] | number;
  readonly padding: 'same' | 'valid';
  readonly dataFormat: string;
}

/**
 * A Conv2D layer in training mode, where its gradient would be wrong otherwise: TensorFlow's C++ gradient forgets
 * dilations, tfjs has none for them, and oneDNN's for a kernel of one pixel with strides and few channels isn't always
 * the same. Both become convolutions without strides and dilations, which give the same numbers.
 */
export function convolve(layer: layers.Layer, x: tf.Tensor): tf.Tensor {
  const { kernel, bias, activation, kernelSize, strides, dilationRate, padding, dataFormat } =
    layer as unknown as TfjsConv2D;
  const dilations = typeof dilationRate === 'number' ? [dilationRate, dilationRate] : dilationRate;
  const dilated = dilations.some(rate => rate > 1);
  const strided = kernelSize.every(size => size === 1) && strides.some(stride => stride > 1);
  // A convolution is the same in training and in inference mode.
  if (dataFormat === 'channelsFirst' || !(dilated || strided)) return layer.call(x, { training: false }) as tf.Tensor;
  const input = x as tf.Tensor4D;
  const sums = dilated
    ? convolveDilated(input, kernel.read(), dilations, padding)
    : // Mean of one pixel: leaves out those between the strides, with a gradient.
      tf.conv2d(tf.avgPool(input, 1, [strides[0], strides[1]], 'valid'), kernel.read(), 1, 'valid');
  const output = bias == null ? sums : tf.add(sums, bias.read());
  return activation == null ? output : activation.apply(output);
}

/** Pixels that lie `dilations` apart become pictures of their own, as in TensorFlow's `with_space_to_batch`. */
function convolveDilated(
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  dilations: readonly number[],
  padding: 'same' | 'valid',
): tf.Tensor4D {
  const sides = dilations.map((rate, i) => {
    const padded = padding === 'same' ? (kernel.shape[i] - 1) * rate : 0;
    const before = Math.floor(padded / 2);
    const rest = (rate - ((x.shape[i + 1] + padded) % rate)) % rate;
    return { pad: [before, padded - before + rest], crop: [0, rest] };
  });
  const block = [...dilations];
  const pads = sides.map(({ pad }) => pad);
  const pictures = tf.spaceToBatchND(x, block, pads);
  const crops = sides.map(({ crop }) => crop);
  return tf.batchToSpaceND(tf.conv2d(pictures, kernel, 1, 'valid'), block, crops);
}
