import { blendPixels } from './blendPixels.js';
import type { ColourPixels } from './colourPixels.js';
import { grey } from './grey.js';
import type { PixelLayout } from './pixelLayout.js';

/** Factor 0 gives the picture's mean grey everywhere, 1 the picture itself. Source: `adjust_contrast` of torchvision. */
export function adjustContrast(x: ColourPixels, layout: PixelLayout, factor: number): ColourPixels {
  const mean = Math.fround(grey(x, layout).reduce((sum, value) => sum + value, 0) / layout.pixels);
  return blendPixels(x, factor, () => mean);
}
