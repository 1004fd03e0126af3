import type { HostData } from '../array/hostArray.js';
import { affineMatrix } from './affineMatrix.js';
import type { Augmentation } from './augmentation.js';
import type { AugmentParameters } from './augmentParameters.js';
import { imageExtents } from './imageShape.js';
import { scaleBrightness, scaleBrightness8Bit } from './scaleBrightness.js';
import { shiftChannels } from './shiftChannels.js';
import { type Warp, warpAffine } from './warpAffine.js';
import { canWarpBytes, warpBytes } from './warpBytes.js';

/** Augments the picture that begins at `start` of `input` into `output`, from `at` on. */
export type PictureApplier = (
  input: HostData,
  start: number,
  output: Float32Array,
  at: number,
  parameters: AugmentParameters,
) => void;

/** Brightness makes no value greater than `highest`. */
type Applier = (...args: [...Parameters<PictureApplier>, highest: number]) => void;

let before: HostData = new Float32Array(0);
let after = new Float32Array(0);

/**
 * What is to be done to each picture of one shape. Order: affine with flips in one pass, channel shift, brightness.
 *
 * @param shape of one picture
 * @throws InvalidArgumentError where it is no picture's
 */
export function pictureApplier(options: Augmentation, shape: readonly number[]): PictureApplier {
  const { dataFormat, kerasCompat } = options;
  const extents = imageExtents(shape, dataFormat);
  const { rows, columns, channels } = extents;
  const size = rows * columns * channels;
  const border = kerasCompat && options.fillMode === 'wrap' ? 'scipyWrap' : options.fillMode;
  const warp: Warp = { ...extents, border, cval: options.cval, order: options.interpolationOrder };

  const applyToLast: Applier = (input, start, output, at, parameters, highest) => {
    const { channelShift, brightness } = parameters;
    const matrix = affineMatrix(parameters, rows, columns, kerasCompat);
    if (canWarpBytes(input, warp)) warpBytes(input, start, output, at, matrix, warp, channelShift ?? 0);
    else {
      warpAffine(input, start, output, at, matrix, warp);
      if (channelShift !== null) shiftChannels(output, at, at + size, channelShift);
    }
    if (brightness === null) return;
    if (kerasCompat) scaleBrightness8Bit(output, at, at + size, brightness, channels);
    else scaleBrightness(output, at, at + size, brightness, highest);
  };
  const apply = dataFormat === 'channelsLast' ? applyToLast : applyToFirst(applyToLast, rows * columns, channels);
  return (input, start, output, at, parameters) =>
    apply(input, start, output, at, parameters, input instanceof Uint8Array ? 255 : Number.POSITIVE_INFINITY);
}

/** By way of a picture with the channels last. */
function applyToFirst(applyToLast: Applier, pixels: number, channels: number): Applier {
  const size = pixels * channels;
  return (input, start, output, at, parameters, highest) => {
    // Bytes stay bytes: they go another way than floats, with another rounding.
    const Pixels = input instanceof Uint8Array ? Uint8Array : Float32Array;
    if (before.length < size || !(before instanceof Pixels)) before = new Pixels(size);
    if (after.length < size) after = new Float32Array(size);
    for (let c = 0; c < channels; c++) {
      for (let k = 0; k < pixels; k++) before[k * channels + c] = input[start + c * pixels + k];
    }
    applyToLast(before, 0, after, 0, parameters, highest);
    for (let c = 0; c < channels; c++) {
      for (let k = 0; k < pixels; k++) output[at + c * pixels + k] = after[k * channels + c];
    }
  };
}
