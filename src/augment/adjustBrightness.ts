import { blendPixels } from './blendPixels.js';
import type { ColourPixels } from './colourPixels.js';

/** Factor 0 gives black, 1 the picture itself. Source: `adjust_brightness` of torchvision. */
export const adjustBrightness = (x: ColourPixels, factor: number): ColourPixels => blendPixels(x, factor, () => 0);
