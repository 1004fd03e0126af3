import { meanAndDeviation } from './meanAndDeviation.js';

/**
 * A picture (0 … 255) as values to ascend from, with mean and standard deviation of a former x. The published algorithm
 * gives it what {@link deprocessImage} has normalised, so that from the second scale on the values lie in 0 … 1.
 *
 * Source: `process_image` of Keras's conv_filter_visualization.
 */
export function processImage(picture: Uint8Array, former: Float32Array): Float32Array {
  const { mean, deviation } = meanAndDeviation(former);
  return Float32Array.from(picture, level => (level / 255 - 0.5) * 4 * deviation + mean);
}
