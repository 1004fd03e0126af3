import type { HostArray } from '../../../src/array/hostArray.js';
import { applyParameters } from '../../../src/augment/applyParameters.js';
import { augmentation, type FillMode } from '../../../src/augment/augmentation.js';
import type { SafetensorsArray } from '../../../src/file/safetensors.js';
import { compareArray } from '../comparison.js';
import type { Runner } from '../runner.js';

interface Given {
  readonly image: SafetensorsArray;
  readonly data_format: 'channels_last' | 'channels_first';
  readonly parameters: {
    readonly theta: number;
    readonly tx: number;
    readonly ty: number;
    readonly shear: number;
    readonly zx: number;
    readonly zy: number;
    readonly flip_horizontal: boolean;
    readonly flip_vertical: boolean;
    readonly channel_shift_intensity: number | null;
    readonly brightness: number | null;
  };
  readonly fill_mode: FillMode;
  readonly cval: number;
  readonly interpolation_order: 0 | 1;
}

interface Expect {
  readonly image: SafetensorsArray;
}

/** Kind `transform`: one picture, given parameters. */
export const transform: Runner = ({ given, expect, tolerance }) => {
  const { image, parameters, ...options } = given as Given;
  const { flip_horizontal, flip_vertical, channel_shift_intensity, ...affine } = parameters;
  const keras = augmentation({
    fillMode: options.fill_mode,
    ...(options.fill_mode === 'constant' && { cval: options.cval }),
    interpolationOrder: options.interpolation_order,
    dataFormat: options.data_format === 'channels_first' ? 'channelsFirst' : 'channelsLast',
    compat: 'keras-3.15',
  });
  const picture: HostArray = { data: Float32Array.from(image.data as Float32Array), shape: image.shape };
  const ours = applyParameters(keras, picture, {
    ...affine,
    flipHorizontal: flip_horizontal,
    flipVertical: flip_vertical,
    channelShift: channel_shift_intensity,
  });
  return [compareArray('image', ours, (expect as Expect).image, tolerance)];
};
