import { integer } from '../random/integer.js';
import type { RandomKey } from '../random/randomKey.js';
import { uniform } from '../random/uniform.js';
import type { Augmentation, ShiftRange } from './augmentation.js';
import type { AugmentParameters } from './augmentParameters.js';
import { imageExtents } from './imageShape.js';

/** Which of the key's numbers each parameter takes: a fixed place, so that one option doesn't change another's draws. */
const DRAW = { theta: 0, tx: 1, txSign: 2, ty: 3, tySign: 4, shear: 5, zx: 6, zy: 7, flips: 8, channel: 9, bright: 10 };

/**
 * Draws what is done to one picture: a function of the key alone.
 *
 * @param shape of one picture, in the augmentation's data format
 */
export function sampleParameters(options: Augmentation, key: RandomKey, shape: readonly number[]): AugmentParameters {
  const { rows, columns } = imageExtents(shape, options.dataFormat);
  const { widthShiftRange, heightShiftRange, kerasCompat, brightnessRange, zoomRange } = options;
  const symmetric = (range: number, index: number): number => (range === 0 ? 0 : between([-range, range], key, index));
  const flips = options.horizontalFlip || options.verticalFlip ? integer(key, DRAW.flips, 4) : 0;
  const sideways = kerasCompat ? heightShiftRange : widthShiftRange;
  const upright = kerasCompat ? widthShiftRange : heightShiftRange;
  return {
    theta: symmetric(options.rotationRange, DRAW.theta),
    tx: drawShift(sideways, kerasCompat ? rows : columns, key, DRAW.tx),
    ty: drawShift(upright, kerasCompat ? columns : rows, key, DRAW.ty),
    shear: symmetric(options.shearRange, DRAW.shear),
    zx: between(zoomRange, key, DRAW.zx),
    zy: between(zoomRange, key, DRAW.zy),
    flipHorizontal: options.horizontalFlip && (flips & 1) === 1,
    flipVertical: options.verticalFlip && (flips & 2) === 2,
    channelShift: options.channelShiftRange === 0 ? null : symmetric(options.channelShiftRange, DRAW.channel),
    brightness: brightnessRange && between(brightnessRange, key, DRAW.bright),
  };
}

function between([low, high]: readonly [number, number], key: RandomKey, index: number): number {
  return low === high ? low : low + (high - low) * uniform(key, index);
}

/** Pixels. The sign has the number after `index`. Source: Keras's `get_random_transform`. */
function drawShift(range: ShiftRange, size: number, key: RandomKey, index: number): number {
  if (range === 0) return 0;
  const sign = (): number => integer(key, index + 1, 2) * 2 - 1;
  if (typeof range !== 'number') {
    const value = range[integer(key, index, range.length)] * sign();
    return (Math.max(...range) < 1 ? value * size : value) + 0;
  }
  if (Number.isInteger(range) && range > 0) return integer(key, index, range) * sign() + 0;
  return between([-range, range], key, index) * (range < 1 ? size : 1);
}
