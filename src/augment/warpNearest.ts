import type { PixelLayout } from './pixelLayout.js';

/** `[a, b, c, d, e, f]`: column `a·j + b·i + c` and row `d·j + e·i + f` of the picture go to column j and row i. */
export type InverseMatrix = readonly [number, number, number, number, number, number];

/**
 * Moves whole pixels, the nearest to each place; what lies outside is 0. Places count from the middle of the picture. Between two
 * pixels the later one is taken, where torchvision leaves the choice to the rounding of float32.
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
      const row = Math.round(d * right + e * down + f + middleRow);
      const column = Math.round(a * right + b * down + c + middleColumn);
      if (row < 0 || row >= rows || column < 0 || column >= columns) continue;
      const from = (row * columns + column) * pixelStep;
      const to = (i * columns + j) * pixelStep;
      for (let k = 0; k < channels; k++) warped[to + k * channelStep] = x[from + k * channelStep];
    }
  }
  return warped;
}
