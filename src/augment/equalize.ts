import { mapChannels } from './mapChannels.js';
import type { PixelLayout } from './pixelLayout.js';

/**
 * Spreads the values of each channel so that all are about equally frequent; one of too few pixels stays.
 *
 * Source: `equalize` of torchvision and Pillow.
 */
export const equalize = (x: Uint8Array, layout: PixelLayout): Uint8Array =>
  mapChannels(x, layout, histogram => {
    const highest = histogram.findLastIndex(count => count > 0);
    const step = Math.floor((layout.pixels - histogram[highest]) / 255);
    if (step === 0) return Uint8Array.from({ length: 256 }, (_, value) => value);
    let below = 0;
    return Uint8Array.from(histogram, count => {
      const value = Math.floor((below + Math.floor(step / 2)) / step);
      below += count;
      return Math.min(value, 255);
    });
  });
