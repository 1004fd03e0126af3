import * as tf from '@tensorflow/tfjs-core';

/** Mean squared difference of neighbours, down and to the right, of each picture: keeps it smooth. */
export function totalVariation(x: tf.Tensor4D): tf.Tensor1D {
  const [n, rows, columns, channels] = x.shape;
  const down = tf.sub(
    tf.slice4d(x, [0, 1, 0, 0], [n, rows - 1, columns, channels]),
    tf.slice4d(x, [0, 0, 0, 0], [n, rows - 1, columns, channels]),
  );
  const right = tf.sub(
    tf.slice4d(x, [0, 0, 1, 0], [n, rows, columns - 1, channels]),
    tf.slice4d(x, [0, 0, 0, 0], [n, rows, columns - 1, channels]),
  );
  return tf.add(tf.mean(tf.square(down), [1, 2, 3]), tf.mean(tf.square(right), [1, 2, 3]));
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
  const kernel = (shape: [number, number]): tf.Tensor4D => {
    const channels = x.shape[3];
    const line = weights.flatMap(weight => Array<number>(channels).fill(weight / sum));
    return tf.tensor4d(line, [...shape, channels, 1]);
  };
  const down = tf.depthwiseConv2d(x, kernel([weights.length, 1]), 1, 'same');
  return tf.depthwiseConv2d(down, kernel([1, weights.length]), 1, 'same');
}
