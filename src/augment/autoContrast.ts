import { mapChannels } from './mapChannels.js';
import type { PixelLayout } from './pixelLayout.js';

const INVERSE_WHITE = Math.fround(1 / 255);

/**
 * Stretches each channel from its own lowest and highest value to 0 … 255; one of a single value stays.
 *
 * Source: `autocontrast` of torchvision.
 */
export const autoContrast = (x: Uint8Array, layout: PixelLayout): Uint8Array =>
  mapChannels(x, layout, histogram => {
    const low = histogram.findIndex(count => count > 0);
    const high = histogram.findLastIndex(count => count > 0);
    const step = high === low ? 1 : Math.fround((high - low) * INVERSE_WHITE);
    const from = high === low ? 0 : low;
    return Uint8Array.from({ length: 256 }, (_, value) =>
      Math.min(Math.max(Math.fround((value - from) / step), 0), 255),
    );
  });
