import type { Sharp } from 'sharp';
import type { DecodedPicture } from './decodedPicture.js';
import { jpegHeader } from './jpegHeader.js';
import { loadSharp } from './loadSharp.js';
import { parseBmp } from './parseBmp.js';
import { parsePpm } from './parsePpm.js';

export interface SharpPictureOptions {
  readonly channels: 1 | 3 | 4;
  readonly maxPixels: number;
}

/** Decodes a file of any format that sharp knows, in its own threads, upright; BMP and PPM, which it doesn't, here. */
export async function sharpPicture(
  bytes: Uint8Array,
  { channels, maxPixels }: SharpPictureOptions,
): Promise<DecodedPicture> {
  const { picture, inPrintColours } = await openPicture(bytes, maxPixels);
  const upright = picture.autoOrient();
  const pixels = inPrintColours
    ? upright.pipelineColourspace('cmyk').toColourspace('cmyk')
    : (channels === 4 ? upright.ensureAlpha() : upright.removeAlpha()).toColourspace('srgb');
  const { data: stored, info } = await pixels.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  const expected = inPrintColours ? 4 : Math.max(3, channels);
  if (info.channels !== expected) throw new Error(`it has ${info.channels} channels, expected ${expected}`);
  const data = inPrintColours ? fromPrintColours(stored, Math.max(3, channels)) : stored;
  const { height: rows, width: columns } = info;
  const copyTo = (target: Uint8Array): void => (channels === 1 ? greyInto(target, data) : target.set(data));
  return { rows, columns, channels, orientation: 1, copyTo };
}

interface OpenPicture {
  readonly picture: Sharp;
  /** Cyan, magenta, yellow and black, without a profile that says which: sharp would take some printer's. */
  readonly inPrintColours: boolean;
}

async function openPicture(bytes: Uint8Array, maxPixels: number): Promise<OpenPicture> {
  const sharp = await loadSharp();
  const plain = parseBmp(bytes, maxPixels) ?? parsePpm(bytes, maxPixels);
  if (plain !== undefined) {
    const { data, rows: height, columns: width, channels } = plain;
    const picture = sharp(data, { raw: { width, height, channels }, limitInputPixels: maxPixels });
    return { picture, inPrintColours: false };
  }
  const picture = sharp(bytes, { failOn: 'error', limitInputPixels: maxPixels, sequentialRead: true });
  if (!isTiff(bytes) && jpegHeader(bytes)?.components !== 4) return { picture, inPrintColours: false };
  if (isTiff(bytes)) checkColours(bytes);
  const metadata = await picture.metadata();
  checkChannels(metadata);
  return { picture, inPrintColours: metadata.space === 'cmyk' && !metadata.hasProfile };
}

/** Source: `cmyk2rgb` in src/libImaging/Convert.c of Pillow; TensorFlow's decoder does likewise. */
function fromPrintColours(data: Uint8Array, channels: number): Uint8Array {
  const pixels = new Uint8Array((data.length / 4) * channels).fill(255);
  for (let from = 0, to = 0; from < data.length; from += 4, to += channels) {
    const white = 255 - data[from + 3];
    for (let i = 0; i < 3; i++) pixels[to + i] = white - Math.round((data[from + i] * white) / 255);
  }
  return pixels;
}

/** Source: `L24` in src/libImaging/Convert.c of Pillow, which Keras asks. Sharp's own grey goes by way of linear light. */
function greyInto(target: Uint8Array, rgb: Uint8Array): void {
  for (let from = 0, to = 0; from < rgb.length; from += 3, to++) {
    target[to] = (19595 * rgb[from] + 38470 * rgb[from + 1] + 7471 * rgb[from + 2] + 0x8000) >> 16;
  }
}

/** The one format whose pictures can have any number of channels, of which sharp would take the first three. */
const isTiff = (bytes: Uint8Array): boolean => ['II', 'MM'].includes(String.fromCharCode(bytes[0], bytes[1]));

/** Libtiff makes RGB of YCbCr within JPEG alone; of any other sharp would take brightness for red. */
function checkColours(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = bytes[0] === 0x49;
  const directory = view.getUint32(4, little);
  const values = new Map<number, number>();
  for (let i = 0, at = directory + 2; i < view.getUint16(directory, little); i++, at += 12) {
    values.set(view.getUint16(at, little), view.getUint16(at + 8, little));
  }
  if (values.get(PHOTOMETRIC) !== YCBCR || JPEGS.includes(values.get(COMPRESSION) ?? 1)) return;
  throw new Error('its colours are YCbCr outside of JPEG: save it as RGB');
}

/** Tags of a TIFF and their values. */
const COMPRESSION = 259;
const PHOTOMETRIC = 262;
const YCBCR = 6;
const JPEGS: readonly number[] = [6, 7];

function checkChannels({ channels }: { readonly channels?: number }): void {
  if (channels !== undefined && channels > 4) throw new Error(`it has ${channels} channels, expected 1 to 4`);
}
