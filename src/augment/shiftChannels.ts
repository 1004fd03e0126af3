/** Adds `amount` to the values from `from` to before `to`, clipped to their own minimum and maximum, in place. */
export function shiftChannels(values: Float32Array, from: number, to: number, amount: number): void {
  let low = values[from];
  let high = low;
  for (let k = from + 1; k < to; k++) {
    const value = values[k];
    if (value < low) low = value;
    else if (value > high) high = value;
  }
  for (let k = from; k < to; k++) {
    const value = values[k] + amount;
    if (value < low) values[k] = low;
    else if (value > high) values[k] = high;
    else values[k] = value;
  }
}
