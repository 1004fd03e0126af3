import type { SafetensorsArray } from '../../../src/file/safetensors.js';
import { deprocessImage } from '../../../src/filters/deprocessImage.js';
import { meanAndDeviation } from '../../../src/filters/meanAndDeviation.js';
import { processImage } from '../../../src/filters/processImage.js';
import { compareArray, compareNumber } from '../comparison.js';
import type { Runner } from '../runner.js';
import { channelsLast } from './channelOrder.js';

interface Given {
  readonly x: SafetensorsArray;
  readonly data_format: 'channels_first' | 'channels_last';
  readonly epsilon: number;
}

interface Expect {
  readonly picture: SafetensorsArray;
  readonly changed: SafetensorsArray;
  readonly former_mean: number;
  readonly former_std: number;
  readonly processed: SafetensorsArray;
}

/** Kind `deprocess`: values to a picture, and back by what is left of them. */
export const deprocess: Runner = ({ given, expect, tolerance }) => {
  const { x, data_format, epsilon } = given as Given;
  const { picture, changed, former_mean, former_std, processed } = expect as Expect;
  const first = data_format === 'channels_first';
  const ours = deprocessImage(x.data as Float32Array, epsilon);
  const levels = { data: ours.picture, shape: x.shape };
  const former = meanAndDeviation(ours.normalized);
  const back = { data: processImage(ours.picture, ours.normalized), shape: x.shape };
  return [
    compareArray('picture', first ? channelsLast(levels) : levels, picture, { abs: 0, rel: 0 }),
    compareArray('changed', { data: ours.normalized, shape: x.shape }, changed, tolerance),
    compareNumber('former_mean', former.mean, former_mean, tolerance),
    compareNumber('former_std', former.deviation, former_std, tolerance),
    compareArray('processed', back, processed, tolerance),
  ];
};
