import type { Sharp } from 'sharp';
import type { DecodedPicture } from './decodedPicture.js';
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
  const picture = (await openPicture(bytes, maxPixels)).autoOrient().toColourspace('srgb');
  const pixels = channels === 4 ? picture.ensureAlpha() : picture.removeAlpha();
  const { data, info } = await pixels.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  const expected = Math.max(3, channels);
  if (info.channels !== expected) throw new Error(`it has ${info.channels} channels, expected ${expected}`);
  const { height: rows, width: columns } = info;
  const copyTo = (target: Uint8Array): void => (channels === 1 ? greyInto(target, data) : target.set(data));
  return { rows, columns, channels, orientation: 1, copyTo };
}

async function openPicture(bytes: Uint8Array, maxPixels: number): Promise<Sharp> {
  const sharp = await loadSharp();
  const plain = parseBmp(bytes, maxPixels) ?? parsePpm(bytes, maxPixels);
  if (plain !== undefined) {
    const { data, rows: height, columns: width, channels } = plain;
    return sharp(data, { raw: { width, height, channels }, limitInputPixels: maxPixels });
  }
  const stored = sharp(bytes, { failOn: 'error', limitInputPixels: maxPixels, sequentialRead: true });
  if (isTiff(bytes)) checkChannels(await stored.metadata());
  return stored;
}

/** Source: `L24` in src/libImaging/Convert.c of Pillow, which Keras asks. Sharp's own grey goes by way of linear light. */
function greyInto(target: Uint8Array, rgb: Uint8Array): void {
  for (let from = 0, to = 0; from < rgb.length; from += 3, to++) {
    target[to] = (19595 * rgb[from] + 38470 * rgb[from + 1] + 7471 * rgb[from + 2] + 0x8000) >> 16;
  }
}

/** The one format whose pictures can have any number of channels, of which sharp would take the first three. */
const isTiff = (bytes: Uint8Array): boolean => ['II', 'MM'].includes(String.fromCharCode(bytes[0], bytes[1]));

function checkChannels({ channels }: { readonly channels?: number }): void {
  if (channels !== undefined && channels > 4) throw new Error(`it has ${channels} channels, expected 1 to 4`);
}
