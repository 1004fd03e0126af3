import { type HostArray, sizeOf } from '../array/hostArray.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { checkPictures } from './checkPictures.js';
import { channelIndex, type ImageStatistics } from './fitStatistics.js';
import { imageExtents } from './imageShape.js';
import type { Standardization } from './standardization.js';

/** Added to deviations, so that an even picture isn't divided by zero. Source: Keras's `standardize`. */
const EPSILON = 1e-6;

/**
 * Standardises each picture of `[n, ...picture]`, float32. In this order: preprocessing function, rescale, samplewise centre
 * and deviation (of the whole picture), featurewise centre and deviation (of each channel), ZCA whitening.
 *
 * @param statistics of the training set, which the featurewise options and ZCA whitening need
 * @throws InvalidArgumentError where they are missing, or don't fit; values are too few or too many; or the preprocessing function changes the shape
 */
export function standardize(options: Standardization, images: HostArray, statistics?: ImageStatistics): HostArray {
  checkPictures('standardize', images);
  const { shape } = images;
  const picture = shape.slice(1);
  const { rows, columns, channels } = imageExtents(picture, options.dataFormat);
  const { mean, std, whitening } = checkStatistics(options, statistics, channels, sizeOf(picture));
  const channelOf = channelIndex(rows * columns, channels, options.dataFormat === 'channelsFirst');
  const size = channelOf.length;
  const data = Float32Array.from(images.data);
  for (let start = 0; start < data.length; start += size) {
    const values = data.subarray(start, start + size);
    if (options.preprocessingFunction) preprocess(options.preprocessingFunction, values, picture);
    if (options.rescale !== 1) for (let i = 0; i < size; i++) values[i] *= options.rescale;
    if (options.samplewiseCenter) standardizeSample(values, options.samplewiseStdNormalization);
    if (mean) for (let i = 0; i < size; i++) values[i] -= mean.data[channelOf[i]];
    if (std) for (let i = 0; i < size; i++) values[i] /= std.data[channelOf[i]] + EPSILON;
    if (whitening) values.set(times(values, whitening.data));
  }
  return { data, shape };
}

function preprocess(by: (image: HostArray) => HostArray, values: Float32Array, shape: readonly number[]): void {
  const made = by({ data: values, shape });
  if (String(made.shape) !== String(shape) || made.data.length !== values.length) {
    throw new InvalidArgumentError(
      `preprocessingFunction made a picture of shape [${made.shape}] of one of shape [${shape}]: it must keep the shape.`,
    );
  }
  values.set(made.data);
}

function standardizeSample(values: Float32Array, std: boolean): void {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  const divisor = std ? Math.sqrt(squares / values.length) + EPSILON : 1;
  for (let i = 0; i < values.length; i++) values[i] = (values[i] - mean) / divisor;
}

/** A row times a square matrix. */
function times(row: Float32Array, matrix: ArrayLike<number>): Float64Array {
  const { length } = row;
  const product = new Float64Array(length);
  for (let i = 0, at = 0; i < length; i++) {
    for (let j = 0; j < length; j++) product[j] += row[i] * matrix[at++];
  }
  return product;
}

const NONE: ImageStatistics = { mean: null, std: null, whitening: null };

/** Those that the options want. */
function checkStatistics(
  options: Standardization,
  statistics: ImageStatistics = NONE,
  channels: number,
  size: number,
): ImageStatistics {
  const check = (wanted: boolean, name: keyof ImageStatistics, option: string, length: number): HostArray | null => {
    if (!wanted) return null;
    const array = statistics[name];
    if (array === null) {
      throw new InvalidArgumentError(
        `${option} needs statistics of the training set: fit them by fitStatistics and pass them on.`,
      );
    }
    if (array.data.length !== length) {
      throw new InvalidArgumentError(
        `The fitted ${name} has ${array.data.length} values, but these pictures need ${length}: fit it to pictures of ` +
          'the same shape.',
      );
    }
    return array;
  };
  return {
    mean: check(options.featurewiseCenter, 'mean', 'featurewiseCenter', channels),
    std: check(options.featurewiseStdNormalization, 'std', 'featurewiseStdNormalization', channels),
    whitening: check(options.zcaWhitening, 'whitening', 'zcaWhitening', size * size),
  };
}
