import type { HostData } from '../array/hostArray.js';
import type { PixelLayout } from './pixelLayout.js';

/**
 * A picture as bytes to be shown, channels last: what is `black` becomes 0, what is `white` 255, and what lies beyond is cut off.
 *
 * @param from where the picture begins in `data`
 */
export function pictureBytes(
  data: HostData,
  from: number,
  { pixels, channels, pixelStep, channelStep }: PixelLayout,
  [black, white]: readonly [number, number],
): Uint8ClampedArray {
  const factor = white === black ? 0 : 255 / (white - black);
  const bytes = new Uint8ClampedArray(pixels * channels);
  for (let k = 0, to = 0; k < pixels; k++) {
    for (let c = 0; c < channels; c++) bytes[to++] = (data[from + k * pixelStep + c * channelStep] - black) * factor;
  }
  return bytes;
}
