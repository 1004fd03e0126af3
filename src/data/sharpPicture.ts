import { loadSharp } from './loadSharp.js';
import type { Picture } from './picture.js';

export interface SharpPictureOptions {
  readonly channels: 1 | 3 | 4;
  readonly maxPixels: number;
}

/** Decodes a file of any format that sharp knows, in its own threads, upright. */
export async function sharpPicture(bytes: Uint8Array, { channels, maxPixels }: SharpPictureOptions): Promise<Picture> {
  const sharp = await loadSharp();
  const stored = sharp(bytes, { failOn: 'error', limitInputPixels: maxPixels, sequentialRead: true });
  if (isTiff(bytes)) checkChannels(await stored.metadata());
  const picture = stored.autoOrient().toColourspace(channels === 1 ? 'b-w' : 'srgb');
  const pixels = channels === 4 ? picture.ensureAlpha() : picture.removeAlpha();
  const { data, info } = await pixels.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  if (info.channels !== channels) throw new Error(`it has ${info.channels} channels, expected ${channels}`);
  const { height: rows, width: columns } = info;
  return { rows, columns, channels, orientation: 1, copyTo: target => target.set(data) };
}

/** The one format whose pictures can have any number of channels, of which sharp would take the first three. */
const isTiff = (bytes: Uint8Array): boolean => ['II', 'MM'].includes(String.fromCharCode(bytes[0], bytes[1]));

function checkChannels({ channels }: { readonly channels?: number }): void {
  if (channels !== undefined && channels > 4) throw new Error(`it has ${channels} channels, expected 1 to 4`);
}
