/**
 * `step / length` as Keras divides, in float32: on which side of a whole number it falls decides which period or stair a step is
 * on, and near the end of a decay its rounding is most of what is left.
 */
export function fractionOf(step: number, length: number): number {
  const { fround } = Math;
  return fround(fround(step) / fround(length));
}
