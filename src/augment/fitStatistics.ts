import type { HostArray } from '../array/hostArray.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { checkPictures } from './checkPictures.js';
import { imageExtents } from './imageShape.js';
import type { Standardization } from './standardization.js';
import { whiteningMatrix } from './whiteningMatrix.js';

/** What `fitStatistics` learns from pictures; null where the options don't need it. Plain data, to be kept with a model. */
export interface ImageStatistics {
  /** Of each channel: `[1, 1, channels]`, or `[channels, 1, 1]` where the channels come first. */
  readonly mean: HostArray | null;
  /** Population standard deviation, of the same shape. */
  readonly std: HostArray | null;
  /** `[d, d]` for pictures of d values. */
  readonly whitening: HostArray | null;
}

/**
 * Statistics of a set of pictures, for the featurewise options and ZCA whitening. As in Keras, `rescale` is applied before
 * and `preprocessingFunction` is not.
 *
 * @param images `[n, ...picture]`
 * @throws InvalidArgumentError where there is no picture, values are too few, too many or not finite, or pictures are too large to be
 *   whitened
 */
export async function fitStatistics(options: Standardization, images: HostArray): Promise<ImageStatistics> {
  const { data, shape } = images;
  const { rescale, featurewiseCenter, featurewiseStdNormalization, zcaWhitening, zcaEpsilon, dataFormat } = options;
  const { rows, columns, channels } = imageExtents(shape.slice(1), dataFormat);
  const count = shape[0];
  checkPictures('fitStatistics', images);
  if (count === 0) throw new InvalidArgumentError('Statistics of no picture were asked for: give at least one.');
  if (!featurewiseCenter) return { mean: null, std: null, whitening: null };
  const pixels = rows * columns;
  const channelOf = channelIndex(pixels, channels, dataFormat === 'channelsFirst');
  const size = pixels * channels;

  const mean = new Float64Array(channels);
  for (let i = 0; i < data.length; i++) mean[channelOf[i % size]] += data[i] * rescale;
  for (let c = 0; c < channels; c++) mean[c] /= count * pixels;
  if (!mean.every(Number.isFinite)) {
    const wrong = data.findIndex(value => !Number.isFinite(value));
    throw new InvalidArgumentError(
      `Statistics can't be had: picture ${Math.floor(wrong / size)} has the value ${data[wrong]}. Leave such pictures out.`,
    );
  }
  const variance = new Float64Array(channels);
  for (let i = 0; i < data.length; i++) {
    const c = channelOf[i % size];
    variance[c] += (data[i] * rescale - mean[c]) ** 2;
  }
  const channelShape = dataFormat === 'channelsFirst' ? [channels, 1, 1] : [1, 1, channels];
  const centred = () => Float64Array.from(data, (value, i) => value * rescale - mean[channelOf[i % size]]);
  return {
    mean: { data: Float32Array.from(mean), shape: channelShape },
    std: featurewiseStdNormalization
      ? { data: Float32Array.from(variance, sum => Math.sqrt(sum / (count * pixels))), shape: channelShape }
      : null,
    whitening: zcaWhitening
      ? { data: await whiteningMatrix(centred, count, size, zcaEpsilon), shape: [size, size] }
      : null,
  };
}

/** The channel of each of a picture's values. */
export function channelIndex(pixels: number, channels: number, channelsFirst: boolean): Uint32Array {
  return Uint32Array.from({ length: pixels * channels }, (_, i) =>
    channelsFirst ? Math.floor(i / pixels) : i % channels,
  );
}
