import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { type DataFormat, type ImageExtents, imageExtents } from './imageShape.js';

/** Where a picture's values lie: channel c of pixel k is at `k · pixelStep + c · channelStep`. */
export interface PixelLayout extends ImageExtents {
  readonly pixels: number;
  readonly pixelStep: number;
  readonly channelStep: number;
}

/** @throws InvalidArgumentError where the shape isn't a picture's */
export function pixelLayout(shape: readonly number[], dataFormat: DataFormat): PixelLayout {
  const extents = imageExtents(shape, dataFormat);
  const pixels = extents.rows * extents.columns;
  return dataFormat === 'channelsLast'
    ? { ...extents, pixels, pixelStep: extents.channels, channelStep: 1 }
    : { ...extents, pixels, pixelStep: 1, channelStep: pixels };
}

/**
 * The layout of a picture whose colours are to be changed: one channel of grey, or red, green and blue.
 *
 * @param what names the transform in the message
 * @throws InvalidArgumentError where the shape isn't that of such a picture
 */
export function colourLayout(what: string, shape: readonly number[], dataFormat: DataFormat): PixelLayout {
  const layout = pixelLayout(shape, dataFormat);
  if (layout.channels === 1 || layout.channels === 3) return layout;
  throw new InvalidArgumentError(
    `${what}: pictures of shape [${shape}] have ${layout.channels} channels, expected 1 (grey) or 3 (red, green, blue).`,
  );
}
