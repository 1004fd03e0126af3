import { type ColourPixels, whiteOf } from './colourPixels.js';
import type { PixelLayout } from './pixelLayout.js';

/**
 * Factor 0 blurs a little, 1 gives the picture itself, more sharpens. The outermost pixels stay.
 *
 * Source: `adjust_sharpness` of torchvision.
 */
export function adjustSharpness(x: ColourPixels, layout: PixelLayout, factor: number): ColourPixels {
  const { rows, columns, channels, pixelStep, channelStep } = layout;
  const white = whiteOf(x);
  const rest = Math.fround(1 - factor);
  const sharpened = x.slice();
  const [down, right] = [columns * pixelStep, pixelStep];
  for (let c = 0; c < channels; c++) {
    for (let i = 1; i < rows - 1; i++) {
      for (let j = 1; j < columns - 1; j++) {
        const at = (i * columns + j) * pixelStep + c * channelStep;
        let sum = 4 * x[at];
        for (let di = -1; di <= 1; di++) for (let dj = -1; dj <= 1; dj++) sum += x[at + di * down + dj * right];
        const blurred = white === 255 ? Math.round(sum / 13) : sum / 13;
        const value = Math.fround(x[at] + (blurred - x[at]) * rest);
        sharpened[at] = Math.min(Math.max(value, 0), white);
      }
    }
  }
  return sharpened;
}
