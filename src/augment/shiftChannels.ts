/** Adds `amount` to the values from `from` to before `to`, clipped to their own minimum and maximum, in place. */
export function shiftChannels(values: Float32Array, from: number, to: number, amount: number): void {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let k = from; k < to; k++) {
    const value = values[k];
    if (value < low) low = value;
    if (value > high) high = value;
  }
  for (let k = from; k < to; k++) {
    values[k] = Math.min(Math.max(values[k] + amount, low), high);
  }
}
