import type { HostArray, HostData } from '../data/hostArray.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { affineMatrix } from './affineMatrix.js';
import type { Augmentation } from './augmentation.js';
import type { AugmentParameters } from './augmentParameters.js';
import { imageExtents } from './imageShape.js';
import { scaleBrightness, scaleBrightness8Bit } from './scaleBrightness.js';
import { shiftChannels } from './shiftChannels.js';
import { type Warp, warpAffine } from './warpAffine.js';

let before = new Float32Array(0);
let after = new Float32Array(0);

/**
 * Augments the pictures `from` to before `to` of a batch `[n, ...picture]` into the same places of `batch`. Every
 * slice can be done anywhere and in any order: the arrays may be views of shared memory.
 *
 * Order: affine with flips in one pass, channel shift, brightness.
 *
 * @param parameters one for each picture of the batch
 * @throws InvalidArgumentError where sizes or the slice don't fit
 */
export function applyBatch(
  options: Augmentation,
  input: HostArray,
  batch: Float32Array,
  parameters: readonly AugmentParameters[],
  from = 0,
  to = parameters.length,
): void {
  const { dataFormat, kerasCompat } = options;
  const extents = imageExtents(input.shape.slice(1), dataFormat);
  const { rows, columns, channels } = extents;
  const size = rows * columns * channels;
  checkBatch(input, batch, parameters.length, size, from, to);
  const border = kerasCompat && options.fillMode === 'wrap' ? 'scipyWrap' : options.fillMode;
  const warp: Warp = { ...extents, border, cval: options.cval, order: options.interpolationOrder };
  const highest = input.data instanceof Uint8Array ? 255 : Number.POSITIVE_INFINITY;
  const first = dataFormat === 'channelsFirst';
  if (first && before.length < size) {
    before = new Float32Array(size);
    after = new Float32Array(size);
  }
  const output = first ? after : batch;

  for (let index = from; index < to; index++) {
    const one = parameters[index];
    const start = first ? 0 : index * size;
    if (first) toChannelsLast(input.data, index * size, before, rows * columns, channels);
    const matrix = affineMatrix(one, rows, columns, kerasCompat);
    warpAffine(first ? before : input.data, start, output, start, matrix, warp);
    if (one.channelShift !== null) shiftChannels(output, start, start + size, one.channelShift);
    if (one.brightness !== null) {
      if (kerasCompat) scaleBrightness8Bit(output, start, start + size, one.brightness, channels);
      else scaleBrightness(output, start, start + size, one.brightness, highest);
    }
    if (first) toChannelsFirst(after, batch, index * size, rows * columns, channels);
  }
}

function toChannelsLast(input: HostData, from: number, to: Float32Array, pixels: number, channels: number): void {
  for (let c = 0; c < channels; c++) {
    for (let k = 0; k < pixels; k++) to[k * channels + c] = input[from + c * pixels + k];
  }
}

function toChannelsFirst(from: Float32Array, output: Float32Array, at: number, pixels: number, channels: number): void {
  for (let c = 0; c < channels; c++) {
    for (let k = 0; k < pixels; k++) output[at + c * pixels + k] = from[k * channels + c];
  }
}

function checkBatch(
  { data, shape }: HostArray,
  output: Float32Array,
  count: number,
  size: number,
  from: number,
  to: number,
): void {
  const needed = shape[0] * size;
  if (data.length !== needed || output.length < needed || count !== shape[0]) {
    throw new InvalidArgumentError(
      `A batch of shape [${shape}] needs ${needed} values, as much room and ${shape[0]} sets of parameters; ` +
        `got ${data.length}, ${output.length} and ${count}.`,
    );
  }
  if (!(Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from <= to && to <= count)) {
    throw new InvalidArgumentError(`Pictures ${from} to ${to} are no slice of a batch of ${count}.`);
  }
}
