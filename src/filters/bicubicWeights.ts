/** For each output position: the first input position it takes from, and the weights from there on. */
export interface ResampleWeights {
  readonly from: number;
  readonly weights: readonly number[];
}

/**
 * Weights of Pillow's `BICUBIC` along one axis: the cubic kernel with a = −0.5, widened by the scale where the picture
 * shrinks, normalised.
 *
 * Source: Pillow's libImaging/Resample.c, `precompute_coeffs`.
 */
export function bicubicWeights(inputSize: number, outputSize: number): ResampleWeights[] {
  const scale = inputSize / outputSize;
  const widening = Math.max(scale, 1);
  const support = 2 * widening;
  return Array.from({ length: outputSize }, (_, i) => {
    const center = (i + 0.5) * scale;
    const from = Math.max(0, Math.trunc(center - support + 0.5));
    const to = Math.min(inputSize, Math.trunc(center + support + 0.5));
    const weights = Array.from({ length: to - from }, (_, k) => bicubic((k + from - center + 0.5) / widening));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return { from, weights: weights.map(weight => weight / sum) };
  });
}

const A = -0.5;

function bicubic(distance: number): number {
  const x = Math.abs(distance);
  if (x < 1) return ((A + 2) * x - (A + 3)) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * A : 0;
}
