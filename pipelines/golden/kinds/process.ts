import type { SafetensorsArray } from '../../../src/file/safetensors.js';
import { processImage } from '../../../src/filters/processImage.js';
import { compareArray } from '../comparison.js';
import type { Runner } from '../runner.js';
import { channelsFirst } from './channelOrder.js';

interface Given {
  readonly picture: SafetensorsArray;
  readonly former: SafetensorsArray;
  readonly data_format: 'channels_first' | 'channels_last';
}

/** Kind `process`: a picture to values with a former mean and deviation. */
export const process: Runner = ({ given, expect, tolerance }) => {
  const { picture, former, data_format } = given as Given;
  const ours = {
    data: processImage(picture.data as Uint8Array, former.data as Float32Array),
    shape: picture.shape,
  };
  const x = data_format === 'channels_first' ? channelsFirst(ours) : ours;
  return [compareArray('x', x, (expect as { x: SafetensorsArray }).x, tolerance)];
};
