import { affineMatrix } from './affineMatrix.js';
import type { AugmentParameters } from './augmentParameters.js';

/**
 * The parameters' matrices as TensorFlow's `ImageProjectiveTransformV3` takes them: `[n, 8]`, each row
 * `a0, a1, a2, b0, b1, b2, 0, 0`, output to input.
 */
export function affineRows(
  parameters: readonly AugmentParameters[],
  rows: number,
  columns: number,
  crossedCentre = false,
): Float32Array {
  const matrices = new Float32Array(parameters.length * 8);
  parameters.forEach((one, index) => {
    matrices.set(affineMatrix(one, rows, columns, crossedCentre), index * 8);
  });
  return matrices;
}
