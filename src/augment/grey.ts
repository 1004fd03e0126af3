import type { ColourPixels } from './colourPixels.js';
import type { PixelLayout } from './pixelLayout.js';

const [RED, GREEN, BLUE] = [0.2989, 0.587, 0.114].map(Math.fround);

/**
 * Brightness of each pixel as the eye sees it, whole numbers for bytes; of a grey picture the picture itself.
 *
 * Source: `_rgb_to_grayscale_image` in torchvision/transforms/v2/functional/_color.py.
 */
export function grey(x: ColourPixels, { pixels, channels, pixelStep, channelStep }: PixelLayout): Float32Array {
  const brightness = new Float32Array(pixels);
  if (channels === 1) {
    brightness.set(x);
    return brightness;
  }
  const whole = x instanceof Uint8Array;
  for (let k = 0; k < pixels; k++) {
    const at = k * pixelStep;
    const twoOfThree = Math.fround(Math.fround(x[at] * RED) + x[at + channelStep] * GREEN);
    brightness[k] = twoOfThree + x[at + 2 * channelStep] * BLUE;
    if (whole) brightness[k] = Math.floor(brightness[k]);
  }
  return brightness;
}
