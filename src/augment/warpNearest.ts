import type { PixelLayout } from './pixelLayout.js';

/** `[a, b, c, d, e, f]`: column `a·j + b·i + c` and row `d·j + e·i + f` of the picture go to column j and row i. */
export type InverseMatrix = readonly [number, number, number, number, number, number];

/**
 * Moves whole pixels, nearest first; what lies outside is 0. Places count from the middle of the picture.
 *
 * Source: `affine` and `rotate` of torchvision with their default, interpolation `nearest`.
 */
export function warpNearest(x: Uint8Array, layout: PixelLayout, matrix: InverseMatrix): Uint8Array {
  const { rows, columns, channels, pixelStep, channelStep } = layout;
  const [a, b, c, d, e, f] = matrix;
  const [middleRow, middleColumn] = [(rows - 1) / 2, (columns - 1) / 2];
  const warped = new Uint8Array(x.length);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const [down, right] = [i - middleRow, j - middleColumn];
      const row = roundHalfToEven(d * right + e * down + f + middleRow);
      const column = roundHalfToEven(a * right + b * down + c + middleColumn);
      if (row < 0 || row >= rows || column < 0 || column >= columns) continue;
      const from = (row * columns + column) * pixelStep;
      const to = (i * columns + j) * pixelStep;
      for (let k = 0; k < channels; k++) warped[to + k * channelStep] = x[from + k * channelStep];
    }
  }
  return warped;
}

function roundHalfToEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
