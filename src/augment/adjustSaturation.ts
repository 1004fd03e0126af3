import { blendPixels } from './blendPixels.js';
import type { ColourPixels } from './colourPixels.js';
import { grey } from './grey.js';
import type { PixelLayout } from './pixelLayout.js';

/**
 * Factor 0 gives the picture in grey, 1 the picture itself; one of a single channel stays. Source: `adjust_saturation` of torchvision.
 */
export function adjustSaturation(x: ColourPixels, layout: PixelLayout, factor: number): ColourPixels {
  const { channels, pixels } = layout;
  if (channels === 1) return x.slice();
  const brightness = grey(x, layout);
  const pixelOf = layout.channelStep === 1 ? (at: number) => Math.floor(at / channels) : (at: number) => at % pixels;
  return blendPixels(x, factor, at => brightness[pixelOf(at)]);
}
