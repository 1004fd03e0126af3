import { readFile } from 'node:fs/promises';
import { FileFormatError } from '../error/fileFormatError.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { UnknownNameError } from '../error/unknownNameError.js';
import { loadSharp } from './loadSharp.js';

const KERNELS = { nearest: 'nearest', bilinear: 'linear', bicubic: 'cubic', lanczos: 'lanczos3' } as const;
const CHANNELS = { grayscale: 1, rgb: 3, rgba: 4 } as const;

/** How picture files become arrays. */
export interface DecodeOptions {
  /** Rows and columns. Default: `[256, 256]`. */
  readonly targetSize?: readonly [number, number];
  /** Default: `rgb`. */
  readonly colorMode?: keyof typeof CHANNELS;
  /** Default: `nearest`, as in Keras. */
  readonly interpolation?: keyof typeof KERNELS;
  /** Cuts out the middle, of the target's proportions, before it resizes. Default: false, which distorts. */
  readonly keepAspectRatio?: boolean;
  /** A picture with more pixels is refused before it is decoded: a small file can hold a huge one. Default: 100 million. */
  readonly maxPixels?: number;
}

export interface ImageDecoder {
  /** `[rows, columns, channels]`. */
  readonly inputShape: readonly number[];
  /** uint8, upright by its EXIF orientation. Rejects with FileFormatError that names the file. */
  decode(file: string): Promise<Uint8Array>;
}

/**
 * Decodes and resizes picture files by sharp, in its own threads.
 *
 * @throws InvalidArgumentError or UnknownNameError where an option can't be meant
 */
export function imageDecoder(options: DecodeOptions): ImageDecoder {
  const { targetSize = [256, 256], colorMode = 'rgb', interpolation = 'nearest', keepAspectRatio = false } = options;
  const { maxPixels = 100e6 } = options;
  const [rows, columns] = targetSize;
  if (targetSize.length !== 2 || !targetSize.every(side => Number.isInteger(side) && side > 0)) {
    throw new InvalidArgumentError(`targetSize is [${targetSize}]: give [rows, columns], whole numbers from 1 on.`);
  }
  if (!(maxPixels >= 1)) throw new InvalidArgumentError(`maxPixels is ${maxPixels}: give a number from 1 on.`);
  if (!Object.hasOwn(CHANNELS, colorMode)) throw new UnknownNameError('color mode', colorMode, Object.keys(CHANNELS));
  if (!Object.hasOwn(KERNELS, interpolation)) {
    throw new UnknownNameError('interpolation', interpolation, Object.keys(KERNELS));
  }
  const channels = CHANNELS[colorMode];
  const resize = { fit: keepAspectRatio ? 'cover' : 'fill', kernel: KERNELS[interpolation] } as const;
  return {
    inputShape: [rows, columns, channels],
    async decode(file) {
      const sharp = await loadSharp();
      try {
        const bytes = await readFile(file);
        const stored = sharp(bytes, { failOn: 'error', limitInputPixels: maxPixels, sequentialRead: true });
        if (isTiff(bytes)) checkChannels(await stored.metadata());
        const picture = stored
          .autoOrient()
          .resize(columns, rows, resize)
          .toColourspace(channels === 1 ? 'b-w' : 'srgb');
        const pixels = channels === 4 ? picture.ensureAlpha() : picture.removeAlpha();
        const { data, info } = await pixels.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
        if (info.channels !== channels) throw new Error(`it has ${info.channels} channels, expected ${channels}`);
        return new Uint8Array(data.buffer, data.byteOffset, data.length);
      } catch (error) {
        throw new FileFormatError(
          `${file} can't be read as a picture: ${(error as Error).message}. ` +
            'Remove or mend it, or leave such files out by onCorrupt: skip.',
          { cause: error },
        );
      }
    },
  };
}

/** The one format whose pictures can have any number of channels, of which sharp would take the first three. */
const isTiff = (bytes: Buffer): boolean => ['II', 'MM'].includes(bytes.toString('latin1', 0, 2));

function checkChannels({ channels }: { readonly channels?: number }): void {
  if (channels !== undefined && channels > 4) throw new Error(`it has ${channels} channels, expected 1 to 4`);
}
