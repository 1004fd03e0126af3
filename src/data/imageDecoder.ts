import pLimit from 'p-limit';
import { checkNames } from '../error/checkNames.js';
import { FileFormatError } from '../error/fileFormatError.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { currentNative } from '../native/backend.js';
import type { Interpolation } from '../picture/axisTaps.js';
import { type DecodeCrew, decodeCrew } from '../picture/decodeCrew.js';
import { readFromDisk } from '../picture/readFromDisk.js';
import { type Resizing, resizePicture } from '../picture/resizePicture.js';
import { sharpPicture } from '../picture/sharpPicture.js';

const INTERPOLATIONS = ['nearest', 'bilinear', 'bicubic', 'lanczos'] as const satisfies readonly Interpolation[];
/** Enough that threads which decode never wait while this one makes a batch. */
const READ_AHEAD = 64;
/** Files of which sharp may hold bytes and pixels at one time: both can be large. */
const MOST_IN_SHARP = 8;
const CHANNELS = { grayscale: 1, rgb: 3, rgba: 4 } as const;

/** How picture files become arrays. */
export interface DecodeOptions {
  /** Rows and columns. Default: `[256, 256]`. */
  readonly targetSize?: readonly [number, number];
  /** Default: `rgb`. */
  readonly colorMode?: keyof typeof CHANNELS;
  /** Default: `nearest`, as in Keras. */
  readonly interpolation?: Interpolation;
  /**
   * Where a picture becomes smaller, all of its pixels count, as in Keras's `flow_from_directory`; without, only those
   * next to the place that is looked at, as in `image_dataset_from_directory`: quicker, and rougher. Default: true.
   */
  readonly antialias?: boolean;
  /** Cuts out the middle, of the target's proportions, before it resizes. Default: false, which distorts. */
  readonly keepAspectRatio?: boolean;
  /**
   * A picture with more pixels is refused before it is decoded: a small file can hold a huge one. Default: 100 million;
   * `Infinity` refuses none.
   */
  readonly maxPixels?: number;
}

export const DECODE_OPTIONS: Readonly<Record<keyof DecodeOptions, true>> = {
  targetSize: true,
  colorMode: true,
  interpolation: true,
  antialias: true,
  keepAspectRatio: true,
  maxPixels: true,
};

export interface ImageDecoder {
  /** Files that are best given to it at one time. */
  readonly readAhead: number;
  /** `[rows, columns, channels]`. */
  readonly inputShape: readonly number[];
  /** uint8, upright by its EXIF orientation. Rejects with FileFormatError that names the file. */
  decode(file: string): Promise<Uint8Array>;
}

/**
 * Decodes and resizes picture files. Plain JPEGs are decoded by TensorFlow where it is in use when the decoder is made, all other
 * files by sharp. Both give the same pixels, and both are resized by the same code.
 *
 * @throws InvalidArgumentError or UnknownNameError where an option can't be meant
 */
export function imageDecoder(options: DecodeOptions): ImageDecoder {
  const { targetSize = [256, 256], colorMode = 'rgb', maxPixels = 100e6 } = options;
  const { interpolation = 'nearest', antialias = true, keepAspectRatio = false } = options;
  const isSide = (side: number): boolean => Number.isInteger(side) && side > 0;
  if (!Array.isArray(targetSize) || targetSize.length !== 2 || !targetSize.every(isSide)) {
    throw new InvalidArgumentError(`targetSize is [${targetSize}]: give [rows, columns], whole numbers from 1 on.`);
  }
  const [rows, columns] = targetSize;
  if (typeof maxPixels !== 'number' || !(maxPixels >= 1))
    throw new InvalidArgumentError(`maxPixels is ${maxPixels}: give a number from 1 on.`);
  checkNames('color mode', [colorMode], Object.keys(CHANNELS));
  checkNames('interpolation', [interpolation], INTERPOLATIONS);
  const channels = CHANNELS[colorMode];
  const resizing: Resizing = { rows, columns, interpolation, antialias, keepAspectRatio };
  // It takes no fractions, and no infinity.
  const sharp = { channels, maxPixels: Math.min(Math.floor(maxPixels), Number.MAX_SAFE_INTEGER) } as const;
  const crew = crewFor(channels);
  const bySharp = pLimit(MOST_IN_SHARP);
  return {
    readAhead: READ_AHEAD,
    inputShape: [rows, columns, channels],
    async decode(file) {
      const pixels = await crew?.decode(file, resizing, maxPixels);
      if (pixels !== undefined) return pixels;
      try {
        return await bySharp(async () => resizePicture(await sharpPicture(await readFromDisk(file), sharp), resizing));
      } catch (error) {
        throw new FileFormatError(
          `${file} can't be read as a picture: ${inOneLine((error as Error).message)}. ` +
            'Remove or mend it, or leave such files out by onCorrupt: skip.',
          { cause: error },
        );
      }
    },
  };
}

/** Sharp has a line for each time that a decoder has complained. */
const inOneLine = (message: string): string => [...new Set(message.trim().split('\n'))].join(', ');

/**
 * Who gets a look at each file first, if anybody. It takes files by what they are, never by how long they take; what it doesn't
 * take, or finds damaged, is sharp's, which then says what is wrong with it.
 */
function crewFor(channels: number): DecodeCrew | undefined {
  const native = currentNative();
  return native === undefined || channels !== CHANNELS.rgb ? undefined : decodeCrew(native);
}
