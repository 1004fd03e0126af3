import * as tf from '@tensorflow/tfjs-core';
import { replaceKernel } from '../kernel/replaceKernel.js';

/**
 * Has products of transposed matrices, which every gradient of a dense layer is, go by way of an explicit transpose. The
 * backend's own kernel hands a product to XNNPACK only where nothing is transposed; otherwise it multiplies number by
 * number, some fifteen times as slow (`batch_mat_mul_impl.cc` of tfjs-backend-wasm).
 */
export function replaceMatMul(backendName: string): void {
  replaceKernel<'a' | 'b', tf.BatchMatMulAttrs>(
    tf.BatchMatMul,
    backendName,
    ({ a, b }, { transposeA, transposeB }, own) =>
      // Of several matrices at once none goes to XNNPACK.
      (transposeA || transposeB) && isOneMatrix(a) && isOneMatrix(b)
        ? tf.matMul(transposeA ? transposed(a) : a, transposeB ? transposed(b) : b)
        : own(),
  );
}

const isOneMatrix = ({ shape }: tf.Tensor): boolean => shape.slice(0, -2).every(size => size === 1);

const transposed = (matrix: tf.Tensor): tf.Tensor =>
  tf.transpose(matrix, [...Array(matrix.rank - 2).keys(), matrix.rank - 1, matrix.rank - 2]);
