import * as tf from '@tensorflow/tfjs-core';

/** Mean squared difference of neighbours, down and to the right, of each picture: keeps it smooth. */
export function totalVariation(x: tf.Tensor4D): tf.Tensor1D {
  const channels = x.shape[3];
  // As convolutions: slices would tie what is compiled to one size.
  const difference = (shape: [number, number]): tf.Tensor =>
    tf.depthwiseConv2d(x, perChannel([-1, 1], shape, channels), 1, 'valid');
  return tf.add(tf.mean(tf.square(difference([2, 1])), [1, 2, 3]), tf.mean(tf.square(difference([1, 2])), [1, 2, 3]));
}

/** Mean square of each picture: keeps its values small. */
export const meanSquare = (x: tf.Tensor4D): tf.Tensor1D => tf.mean(tf.square(x), [1, 2, 3]) as tf.Tensor1D;

/** Gaussian blur with this standard deviation in pixels; the edges fade to 0. */
export function blur(x: tf.Tensor4D, deviation: number): tf.Tensor4D {
  const radius = Math.ceil(3 * deviation);
  const weights = Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * deviation ** 2)),
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const line = weights.map(weight => weight / sum);
  const channels = x.shape[3];
  const down = tf.depthwiseConv2d(x, perChannel(line, [line.length, 1], channels), 1, 'same');
  return tf.depthwiseConv2d(down, perChannel(line, [1, line.length], channels), 1, 'same');
}

/** A line of weights as the kernel of a convolution that treats all channels alike, each by itself. */
const perChannel = (line: readonly number[], shape: [number, number], channels: number): tf.Tensor4D =>
  tf.tensor4d(
    line.flatMap(weight => Array<number>(channels).fill(weight)),
    [...shape, channels, 1],
  );
