/**
 * Multiplies the values from `from` to before `to` by `factor`, in place.
 *
 * @param highest clips there: 255 for pictures of bytes, infinity for others
 */
export function scaleBrightness(values: Float32Array, from: number, to: number, factor: number, highest: number): void {
  for (let k = from; k < to; k++) values[k] = Math.min(values[k] * factor, highest);
}

/**
 * What Keras 3.15 does: the picture goes through 8 bits, and is stretched to 0 … 255 if a value is outside of them. So
 * a picture in 0 … 1 becomes black. A fourth channel (alpha) stays. Channels last.
 *
 * Source: `apply_brightness_shift` in keras/src/legacy/preprocessing/image.py; Pillow's `ImageEnhance.Brightness`.
 */
export function scaleBrightness8Bit(
  values: Float32Array,
  from: number,
  to: number,
  factor: number,
  channels: number,
): void {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let k = from; k < to; k++) {
    low = Math.min(low, values[k]);
    high = Math.max(high, values[k]);
  }
  const stretched = low < 0 || high > 255;
  const span = high - low;
  for (let k = from; k < to; k++) {
    const value = stretched ? (span === 0 ? 0 : ((values[k] - low) / span) * 255) : values[k];
    const level = Math.trunc(value);
    const alpha = channels === 4 && (k - from) % 4 === 3;
    const scaled = alpha ? level : Math.min(255, Math.max(0, Math.floor(level * factor)));
    values[k] = stretched ? (scaled / 255) * span + low : scaled;
  }
}
