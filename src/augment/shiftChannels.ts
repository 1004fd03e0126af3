/** Adds `shift` to the values from `from` to before `to`, clipped to their own minimum and maximum, in place, in float32. */
export function shiftChannels(values: Float32Array, from: number, to: number, shift: number): void {
  const amount = Math.fround(shift);
  // Only the bound that the values move to can be passed. An `if` is twice as quick here as Math.min and Math.max.
  let bound = values[from];
  if (amount > 0) {
    for (let k = from; k < to; k++) if (values[k] > bound) bound = values[k];
    for (let k = from; k < to; k++) {
      values[k] += amount;
      if (values[k] > bound) values[k] = bound;
    }
  } else {
    for (let k = from; k < to; k++) if (values[k] < bound) bound = values[k];
    for (let k = from; k < to; k++) {
      values[k] += amount;
      if (values[k] < bound) values[k] = bound;
    }
  }
}
