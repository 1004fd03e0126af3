import { type ColourPixels, whiteOf } from './colourPixels.js';
import type { PixelLayout } from './pixelLayout.js';

/** So that floats up to 1 fall on 256 bytes in equal parts. */
const BYTES = 256 - 1e-3;

/**
 * Turns the circle of colours: red becomes green at ⅓ and cyan at ½. Greys stay.
 *
 * Source: `adjust_hue` of torchvision.
 *
 * @param turn of the whole circle, −½ to ½
 */
export function adjustHue(x: ColourPixels, layout: PixelLayout, turn: number): ColourPixels {
  const turned = x.slice();
  if (layout.channels === 1) return turned;
  const { pixels, pixelStep, channelStep } = layout;
  const white = whiteOf(x);
  const factor = white === 1 ? 1 : BYTES;
  for (let k = 0; k < pixels; k++) {
    const red = k * pixelStep;
    const [green, blue] = [red + channelStep, red + 2 * channelStep];
    const [r, g, b] = [x[red] / white, x[green] / white, x[blue] / white];
    const value = Math.max(r, g, b);
    const range = value - Math.min(r, g, b);
    const hue = range === 0 ? 0 : hueOf(r, g, b, value, range) + 6 * turn;
    turned[red] = factor * channel(5, hue, value, range);
    turned[green] = factor * channel(3, hue, value, range);
    turned[blue] = factor * channel(1, hue, value, range);
  }
  return turned;
}

/** In sixths of the circle, from red on. */
function hueOf(r: number, g: number, b: number, value: number, range: number): number {
  if (value === r) return (g - b) / range;
  return value === g ? 2 + (b - r) / range : 4 + (r - g) / range;
}

/** @param offset 5 for red, 3 for green, 1 for blue */
function channel(offset: number, hue: number, value: number, range: number): number {
  const place = (((offset + hue) % 6) + 6) % 6;
  return value - range * Math.max(0, Math.min(place, 4 - place, 1));
}
