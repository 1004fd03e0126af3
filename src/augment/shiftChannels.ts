/** Adds `amount` to the values from `from` to before `to`, clipped to their own minimum and maximum, in place. */
export function shiftChannels(values: Float32Array, from: number, to: number, amount: number): void {
  // Only the bound that the values move to can be passed.
  if (amount > 0) {
    let high = values[from];
    for (let k = from + 1; k < to; k++) high = Math.max(high, values[k]);
    for (let k = from; k < to; k++) values[k] = Math.min(values[k] + amount, high);
  } else {
    let low = values[from];
    for (let k = from + 1; k < to; k++) low = Math.min(low, values[k]);
    for (let k = from; k < to; k++) values[k] = Math.max(values[k] + amount, low);
  }
}
