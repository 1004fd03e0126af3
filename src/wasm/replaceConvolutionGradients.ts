import * as tf from '@tensorflow/tfjs-core';
import { replaceKernel } from '../kernel/replaceKernel.js';

/**
 * The gradients of a two-dimensional convolution. The backend has none for the filter, and one for the input that goes
 * number by number; products of matrices and forward convolutions, which both can be made of, go to XNNPACK.
 */
export function replaceConvolutionGradients(backendName: string): void {
  replaceKernel<'x' | 'dy', tf.Conv2DBackpropFilterAttrs>(
    tf.Conv2DBackpropFilter,
    backendName,
    ({ x, dy }, { strides, pad, dimRoundingMode, filterShape }) =>
      filterGradient(
        x as tf.Tensor4D,
        dy as tf.Tensor4D,
        tf.backend_util.computeConv2DInfo(
          x.shape as tf.Tensor4D['shape'],
          filterShape,
          strides as [number, number],
          1,
          pad as 'same' | 'valid' | number,
          dimRoundingMode,
        ),
      ),
  );
  replaceKernel<'dy' | 'filter', tf.Conv2DBackpropInputAttrs>(
    tf.Conv2DBackpropInput,
    backendName,
    ({ dy, filter }, { strides, pad, dimRoundingMode, inputShape }, own) => {
      const info = tf.backend_util.computeConv2DInfo(
        inputShape,
        filter.shape as tf.Tensor4D['shape'],
        strides as [number, number],
        1,
        pad as 'same' | 'valid' | number,
        dimRoundingMode,
      );
      // More padding than a filter can reach over needs cropping on both sides; nobody asks for it.
      if (info.padInfo.top >= info.filterHeight || info.padInfo.left >= info.filterWidth) return own();
      return inputGradient(dy as tf.Tensor4D, filter as tf.Tensor4D, info);
    },
  );
}

type ConvolutionInfo = ReturnType<typeof tf.backend_util.computeConv2DInfo>;

/**
 * A convolution in which channels and examples change roles: the input slides over the output's gradient as its filter,
 * dilated where the convolution had strides.
 */
function filterGradient(x: tf.Tensor4D, dy: tf.Tensor4D, info: ConvolutionInfo): tf.Tensor {
  const { strideHeight, strideWidth, filterHeight, filterWidth, inChannels, outChannels } = info;
  const { top, bottom, left, right } = info.padInfo;
  const padded = tf.pad4d(x, [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ]);
  const slid = tf.conv2d(
    tf.transpose(padded, [3, 1, 2, 0]) as tf.Tensor4D,
    tf.transpose(dy, [1, 2, 0, 3]) as tf.Tensor4D,
    1,
    'valid',
    'NHWC',
    [strideHeight, strideWidth],
  );
  // Strides can leave the last pixels of the input unused.
  const used = tf.slice(slid, [0, 0, 0, 0], [inChannels, filterHeight, filterWidth, outChannels]);
  return tf.transpose(used, [1, 2, 0, 3]);
}

/** A convolution of the output's gradient, its pixels `strides` apart, with the filter turned by 180 degrees. */
function inputGradient(dy: tf.Tensor4D, filter: tf.Tensor4D, info: ConvolutionInfo): tf.Tensor {
  const { batchSize, inHeight, inWidth, outChannels, filterHeight, filterWidth } = info;
  const before = [filterHeight - 1 - info.padInfo.top, filterWidth - 1 - info.padInfo.left];
  const sizes = [inHeight + filterHeight - 1, inWidth + filterWidth - 1];
  const apart = spread(dy, info.strideHeight, info.strideWidth);
  const after = sizes.map((size, i) => Math.max(0, size - before[i] - apart.shape[i + 1]));
  const padded = tf.pad4d(apart, [
    [0, 0],
    [before[0], after[0]],
    [before[1], after[1]],
    [0, 0],
  ]);
  const cropped = tf.slice(padded, [0, 0, 0, 0], [batchSize, sizes[0], sizes[1], outChannels]);
  const turned = tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]) as tf.Tensor4D;
  return tf.conv2d(cropped as tf.Tensor4D, turned, 1, 'valid');
}

/** Zeros after each pixel, so that pixels lie `down` and `across` apart. */
function spread(x: tf.Tensor4D, down: number, across: number): tf.Tensor4D {
  if (down === 1 && across === 1) return x;
  const [batch, height, width, channels] = x.shape;
  const zeros = (count: number): [number, number][] => [
    [0, 0],
    [0, 0],
    [0, count - 1],
    [0, 0],
  ];
  const rows = tf.pad(tf.reshape(x, [batch, height, 1, width * channels]), zeros(down));
  const columns = tf.pad(tf.reshape(rows, [batch * height * down, width, 1, channels]), zeros(across));
  return tf.reshape(columns, [batch, height * down, width * across, channels]);
}
