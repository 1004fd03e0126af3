import { InvalidArgumentError } from '../error/invalidArgumentError.js';

/** The smaller of n and d; beyond, it would take more than an hour. */
const MOST = 4096;

/** Eigenvalues below this share of the largest one are rounding noise. */
const NOISE = 1e-13;

/**
 * The matrix that takes away what the columns of X have in common: `(U · √n / (s + epsilon)) · Uᵀ` for Xᵀ = U · diag(s) · Vᵀ
 * in the reduced form. The decomposition is that of XᵀX or XXᵀ, whichever is smaller, in double precision: its
 * time grows with the third power of min(n, d), from seconds at 300 to a quarter of a minute at 768 (16 × 16 × 3) and a
 * quarter of an hour at 3,072 (32 × 32 × 3).
 *
 * Source: `fit` in keras/src/legacy/preprocessing/image.py.
 *
 * @param centred gives X, `[n, d]`, d values without their mean each row
 * @throws InvalidArgumentError where n and d are both above 4096, or d × d numbers can't be held
 */
export async function whiteningMatrix(
  centred: () => Float64Array,
  n: number,
  d: number,
  epsilon: number,
): Promise<Float32Array> {
  if (Math.min(n, d) > MOST || d > 4 * MOST) {
    throw new InvalidArgumentError(
      `ZCA whitening of ${n} pictures with ${d} values each would take too long: give smaller pictures ` +
        `(at most ${MOST} values), or at most ${MOST} of them to fit.`,
    );
  }
  const { EigenvalueDecomposition, Matrix } = await import('ml-matrix');
  const x = Matrix.from1DArray(n, d, centred());
  const wide = n < d;
  const gram = wide ? x.mmul(x.transpose()) : x.transpose().mmul(x);
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(gram, { assumeSymmetric: true });
  const largest = Math.max(...realEigenvalues);
  // Of XXᵀ the eigenvectors are V: U = Xᵀ · V / s, which a singular value of zero doesn't have.
  const kept = realEigenvalues.map((_, k) => k).filter(k => !wide || realEigenvalues[k] > NOISE * largest);
  const singular = kept.map(k => Math.sqrt(Math.max(realEigenvalues[k], 0)));
  const vectors = eigenvectorMatrix.subMatrixColumn(kept);
  const u = wide ? x.transpose().mmul(vectors).divRowVector(singular) : vectors;
  const scaled = u.clone().mulRowVector(singular.map(s => Math.sqrt(n) / (s + epsilon)));
  return Float32Array.from(scaled.mmul(u.transpose()).to1DArray());
}
