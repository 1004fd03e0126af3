import * as tf from '@tensorflow/tfjs-core';

/** How a kernel goes over its input, along each of its axes. */
export interface Spacing {
  readonly strides: readonly number[];
  /** Other than 1 only without strides, as Keras demands. */
  readonly dilations: readonly number[];
  readonly padding: 'same' | 'valid' | 'causal';
}

/** What a kernel makes of pictures. */
type PictureSums = (x: tf.Tensor4D, kernel: tf.Tensor4D, spacing: Spacing) => tf.Tensor4D;

/** A convolution of pictures whose gradient is right whatever the kernel, its strides and dilations. */
export function pictureSums(
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  { strides, dilations, padding }: Spacing,
): tf.Tensor4D {
  if (dilations.some(rate => rate > 1)) {
    return undilated(x, kernel, dilations, padding, pictures => tf.conv2d(pictures, kernel, 1, 'valid'));
  }
  if (kernel.shape[0] * kernel.shape[1] === 1 && strides.some(stride => stride > 1)) {
    // Mean of one pixel: leaves out those between the strides, with a gradient.
    return tf.conv2d(tf.avgPool(x, 1, pairOf(strides), 'valid'), kernel, 1, 'valid');
  }
  return tf.conv2d(x, kernel, pairOf(strides), padding as 'same' | 'valid');
}

/** A depthwise convolution of pictures, with a right gradient likewise. */
export function depthwiseSums(
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  { strides, dilations, padding }: Spacing,
): tf.Tensor4D {
  if (dilations.every(rate => rate === 1))
    return tf.depthwiseConv2d(x, kernel, pairOf(strides), padding as 'same' | 'valid');
  return undilated(x, kernel, dilations, padding, pictures => tf.depthwiseConv2d(pictures, kernel, 1, 'valid'));
}

/** A convolution of pictures each of whose filters sees a group of the channels. */
export const groupedSums =
  (groups: number): PictureSums =>
  (x, kernel, spacing) => {
    const [rows, columns, channels, filters] = kernel.shape;
    if (channels === 1 && spacing.strides[0] === spacing.strides[1]) {
      const depthwise = tf.reshape(kernel, [rows, columns, groups, filters / groups]) as tf.Tensor4D;
      return depthwiseSums(x, depthwise, spacing);
    }
    const kernels = tf.split(kernel, groups, 3) as tf.Tensor4D[];
    const parts = (tf.split(x, groups, 3) as tf.Tensor4D[]).map((part, i) => pictureSums(part, kernels[i], spacing));
    return tf.concat(parts, 3);
  };

/** A convolution of sequences `[batch, steps, channels]`, as pictures of one row; they may see no step after their own. */
export function sequenceSums(
  x: tf.Tensor,
  kernel: tf.Tensor,
  { strides, dilations, padding }: Spacing,
  sums: PictureSums,
): tf.Tensor {
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

const pairOf = ([rows, columns]: readonly number[]): [number, number] => [rows, columns];

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
