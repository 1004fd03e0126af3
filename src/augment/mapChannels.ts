import type { PixelLayout } from './pixelLayout.js';

/** Replaces the bytes of each channel by a table of its own. */
export function mapChannels(
  x: Uint8Array,
  { channels, pixels, pixelStep, channelStep }: PixelLayout,
  tableOf: (histogram: Int32Array) => Uint8Array,
): Uint8Array {
  const mapped = new Uint8Array(x.length);
  for (let c = 0; c < channels; c++) {
    const first = c * channelStep;
    const histogram = new Int32Array(256);
    for (let k = 0; k < pixels; k++) histogram[x[first + k * pixelStep]]++;
    const table = tableOf(histogram);
    for (let k = 0; k < pixels; k++) mapped[first + k * pixelStep] = table[x[first + k * pixelStep]];
  }
  return mapped;
}
