import { checkNames } from '../error/checkNames.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { isKerasCompat } from '../text/isKerasCompat.js';
import { DATA_FORMATS, type DataFormat } from './imageShape.js';

/**
 * A whole number n: one of 0 … n−1 pixels, random sign. A fraction below 1: of the size. 1 or more: pixels. A list: one of it, random
 * sign; of an empty one nothing.
 */
export type ShiftRange = number | readonly number[];

/** What lies outside of a picture. */
export type FillMode = 'nearest' | 'constant' | 'reflect' | 'wrap';

const FILL_MODES: readonly FillMode[] = ['nearest', 'constant', 'reflect', 'wrap'];

/** The parameters of Keras's ImageDataGenerator that say how a picture is changed at random. */
export interface AugmentationOptions {
  /** Degrees, both signs. */
  readonly rotationRange?: number;
  readonly widthShiftRange?: ShiftRange;
  readonly heightShiftRange?: ShiftRange;
  /** Degrees, both signs. */
  readonly shearRange?: number;
  /** f means [1 − f, 1 + f]; both axes are drawn independently. In either order, above 0. */
  readonly zoomRange?: number | readonly [number, number];
  /** One number for all channels, both signs; clipped to the picture's own minimum and maximum. */
  readonly channelShiftRange?: number;
  /** Bounds of the factor, in either order, from 0 on. */
  readonly brightnessRange?: readonly [number, number] | null;
  readonly horizontalFlip?: boolean;
  readonly verticalFlip?: boolean;
  /** Default: `nearest`. */
  readonly fillMode?: FillMode;
  /** Value of what lies outside, for `constant`. Default: 0. */
  readonly cval?: number;
  /** 0: nearest pixel; 1: bilinear. Default: 1. */
  readonly interpolationOrder?: 0 | 1;
  /** Default: `channelsLast`. */
  readonly dataFormat?: DataFormat;
  /**
   * Without it, options mean what Keras's documentation says. `keras-3.15` does what that version does: the width shift
   * moves up and down and the height shift sideways, the centre of a picture that isn't square is crossed, `wrap` has a
   * period one pixel short, and brightness goes through 8 bits. It also takes ranges that go below 0: a zoom of 0 shows one point, one
   * below 0 turns the picture over, and a negative shift, also of whole numbers, is a fraction of the size.
   */
  readonly compat?: 'keras-3.15';
}

const NAMES: readonly (keyof AugmentationOptions)[] = [
  'rotationRange',
  'widthShiftRange',
  'heightShiftRange',
  'shearRange',
  'zoomRange',
  'channelShiftRange',
  'brightnessRange',
  'horizontalFlip',
  'verticalFlip',
  'fillMode',
  'cval',
  'interpolationOrder',
  'dataFormat',
  'compat',
];

/** Checked options, each with its value. */
export interface Augmentation extends Required<Omit<AugmentationOptions, 'zoomRange' | 'compat'>> {
  readonly zoomRange: readonly [number, number];
  readonly kerasCompat: boolean;
}

/**
 * Checks options and fills in the defaults, which change nothing.
 *
 * @throws InvalidArgumentError where a value can't be meant, UnknownNameError for an unknown option, fill mode, data format
 *   or version
 */
export function augmentation(options: AugmentationOptions = {}): Augmentation {
  checkNames('augmentation option', Object.keys(options), NAMES);
  const { fillMode = 'nearest', interpolationOrder = 1, zoomRange = 0, brightnessRange = null, compat } = options;
  const { dataFormat = 'channelsLast' } = options;
  checkNames('fill mode', [fillMode], FILL_MODES);
  checkNames('data format', [dataFormat], DATA_FORMATS);
  const kerasCompat = isKerasCompat(compat);
  if (interpolationOrder !== 0 && interpolationOrder !== 1) {
    fail('interpolationOrder', interpolationOrder, '0 or 1');
  }
  if (options.cval !== undefined && fillMode !== 'constant' && options.cval !== 0) {
    throw new InvalidArgumentError(
      `cval ${options.cval} has no meaning with fillMode '${fillMode}': say fillMode 'constant', or leave cval out.`,
    );
  }
  return {
    rotationRange: amount('rotationRange', options.rotationRange),
    widthShiftRange: shift('widthShiftRange', options.widthShiftRange, kerasCompat),
    heightShiftRange: shift('heightShiftRange', options.heightShiftRange, kerasCompat),
    shearRange: amount('shearRange', options.shearRange),
    zoomRange: pair(
      'zoomRange',
      typeof zoomRange === 'number' ? [1 - zoomRange, 1 + zoomRange] : zoomRange,
      kerasCompat ? 'any' : 'positive',
    ),
    channelShiftRange: amount('channelShiftRange', options.channelShiftRange),
    brightnessRange:
      brightnessRange === null ? null : pair('brightnessRange', brightnessRange, kerasCompat ? 'any' : 'notNegative'),
    horizontalFlip: flag('horizontalFlip', options.horizontalFlip),
    verticalFlip: flag('verticalFlip', options.verticalFlip),
    fillMode,
    cval: finite('cval', options.cval ?? 0),
    interpolationOrder,
    dataFormat,
    kerasCompat,
  };
}

/** @throws InvalidArgumentError for options that {@link augmentation} hasn't been given */
export function checkAugmentation(what: string, given: Augmentation): void {
  if (typeof given?.kerasCompat === 'boolean') return;
  throw new InvalidArgumentError(`${what}: give what augmentation(…) makes of options, not the options themselves.`);
}

function fail(name: string, given: unknown, expected: string): never {
  throw new InvalidArgumentError(`${name} is ${JSON.stringify(given)}: give ${expected}.`);
}

const finite = (name: string, value: number): number =>
  Number.isFinite(value) ? value : fail(name, value, 'a finite number');

const flag = (name: string, value = false): boolean =>
  typeof value === 'boolean' ? value : fail(name, value, 'true or false');

/** Both signs are drawn from it, so that its own says nothing. */
const amount = (name: string, value = 0): number => Math.abs(finite(name, value));

function shift(name: string, range: ShiftRange = 0, kerasCompat: boolean): ShiftRange {
  if (typeof range === 'number') {
    if (range < 0 && !kerasCompat) fail(name, range, 'a number from 0 on; both signs are drawn');
    return finite(name, range);
  }
  if (Array.isArray(range) && range.length === 0) return 0;
  return Array.isArray(range) && range.every(Number.isFinite)
    ? range
    : fail(name, range, 'a number or a list of numbers');
}

const BOUNDS = {
  any: { accepts: Number.isFinite, text: 'two numbers [low, high]' },
  notNegative: { accepts: (bound: number) => bound >= 0 && Number.isFinite(bound), text: 'two numbers from 0 on' },
  positive: { accepts: (bound: number) => bound > 0 && Number.isFinite(bound), text: 'two numbers above 0' },
} as const;

function pair(name: string, range: readonly [number, number], bounds: keyof typeof BOUNDS): readonly [number, number] {
  const { accepts, text } = BOUNDS[bounds];
  return Array.isArray(range) && range.length === 2 && range.every(accepts) ? range : fail(name, range, text);
}
