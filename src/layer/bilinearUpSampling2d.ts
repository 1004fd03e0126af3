import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { sizeOf } from '../array/hostArray.js';
import { classOf, firstTensor } from './tfjsLayer.js';

type UpSamplingArgs = Parameters<typeof layers.upSampling2d>[0];

const UpSampling2D = classOf(layers.upSampling2d, {});

/** What this needs of tfjs's class, which its types hide. */
interface Enlarging {
  readonly size: readonly [number, number];
  readonly dataFormat: string;
}

/**
 * Keras's UpSampling2D with `interpolation: 'bilinear'`: tfjs's own aligns the corners of the pictures, Keras the middles of their
 * pixels, as `tf.image.resize` does.
 */
export class BilinearUpSampling2D extends UpSampling2D {
  static readonly className = 'BilinearUpSampling2D';

  constructor(args: UpSamplingArgs) {
    super({ ...args, interpolation: 'bilinear' });
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const { size, dataFormat } = this as unknown as Enlarging;
    const rows = dataFormat === 'channelsFirst' ? 2 : 1;
    return tf.tidy(() => size.reduce((x, times, i) => enlarge(x, times, rows + i), firstTensor(inputs)).clone());
  }
}

/** An axis so many times as long: a product of matrices, which has a gradient on every backend. */
function enlarge(x: tf.Tensor, times: number, axis: number): tf.Tensor {
  if (times === 1) return x;
  const length = x.shape[axis];
  const weights = tf.tensor2d(interpolation(length, times), [length * times, length]);
  const slices = tf.reshape(x, [-1, length, sizeOf(x.shape.slice(axis + 1))]);
  const enlarged = tf.matMul(tf.expandDims(weights, 0), slices);
  return tf.reshape(
    enlarged,
    x.shape.map((size, i) => (i === axis ? size * times : size)),
  );
}

/** `[length · times, length]`: what each old place gives to each new one; both are looked at in the middle. */
function interpolation(length: number, times: number): Float32Array {
  const weights = new Float32Array(length * times * length);
  for (let i = 0; i < length * times; i++) {
    const place = Math.min(Math.max((i + 0.5) / times - 0.5, 0), length - 1);
    const left = Math.floor(place);
    weights[i * length + left] += 1 - (place - left);
    weights[i * length + Math.min(left + 1, length - 1)] += place - left;
  }
  return weights;
}
