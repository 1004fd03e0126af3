import type { AugmentParameters } from './augmentParameters.js';

/**
 * Where an output pixel comes from: source column `a0·j + a1·i + a2`, source row `b0·j + b1·i + b2`, for column j and
 * row i, as `[a0, a1, a2, b0, b1, b2]`.
 */
export type AffineMatrix = readonly [number, number, number, number, number, number];

const RADIANS = Math.PI / 180;

/**
 * Rotation · shift · shear · zoom about the picture's centre, and the flips that follow, as one matrix.
 *
 * @param crossedCentre takes rows/2 for the column and columns/2 for the row, as Keras 3.15 does
 *   (source: `apply_affine_transform` in keras/src/legacy/preprocessing/image.py)
 */
export function affineMatrix(
  parameters: AugmentParameters,
  rows: number,
  columns: number,
  crossedCentre = false,
): AffineMatrix {
  const { theta, tx, ty, shear, zx, zy, flipHorizontal, flipVertical } = parameters;
  const [cos, sin] = [Math.cos(theta * RADIANS), Math.sin(theta * RADIANS)];
  const [shearCos, shearSin] = [Math.cos(shear * RADIANS), Math.sin(shear * RADIANS)];
  let a0 = cos * zx;
  let a1 = -(cos * shearSin + sin * shearCos) * zy + 0;
  let b0 = sin * zx;
  let b1 = (cos * shearCos - sin * shearSin) * zy;
  const centreX = (crossedCentre ? rows : columns) / 2 - 0.5;
  const centreY = (crossedCentre ? columns : rows) / 2 - 0.5;
  let a2 = cos * tx - sin * ty + centreX - a0 * centreX - a1 * centreY;
  let b2 = sin * tx + cos * ty + centreY - b0 * centreX - b1 * centreY;
  // A flip of the finished picture asks for its column (columns − 1 − j).
  if (flipHorizontal) {
    a2 += a0 * (columns - 1);
    b2 += b0 * (columns - 1);
    a0 = -a0;
    b0 = -b0 + 0;
  }
  if (flipVertical) {
    a2 += a1 * (rows - 1);
    b2 += b1 * (rows - 1);
    a1 = -a1 + 0;
    b1 = -b1;
  }
  return [a0, a1, a2, b0, b1, b2];
}
