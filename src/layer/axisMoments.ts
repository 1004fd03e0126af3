import { type HostArray, sizeOf } from '../array/hostArray.js';

export interface AxisMoments {
  /** Lengths of the axes that are kept. */
  readonly shape: readonly number[];
  readonly mean: Float64Array;
  readonly variance: Float64Array;
}

/** Mean and variance for each place of the kept axes, over all others. */
export function axisMoments({ data, shape }: HostArray, kept: readonly number[]): AxisMoments {
  const lengths = kept.map(axis => shape[axis]);
  const places = sizeOf(lengths);
  const strides = kept.map(axis => sizeOf(shape.slice(axis + 1)));
  const placeOf = (index: number): number =>
    strides.reduce((place, stride, i) => place * lengths[i] + (Math.floor(index / stride) % lengths[i]), 0);
  const meanOf = (value: (index: number) => number): Float64Array => {
    const sums = new Float64Array(places);
    for (let i = 0; i < data.length; i++) sums[placeOf(i)] += value(i);
    return sums.map(sum => sum / (data.length / places));
  };
  const mean = meanOf(i => data[i]);
  return { shape: lengths, mean, variance: meanOf(i => (data[i] - mean[placeOf(i)]) ** 2) };
}
