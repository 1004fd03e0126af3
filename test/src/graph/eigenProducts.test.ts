import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { valueAndGradient } from '../../../src/graph/valueAndGradient.js';
import type { ProductTuning } from '../../../src/native/backend.js';
import { nativeOrNull } from '../../helpers/native.js';
import { runTuned } from '../../helpers/runTuned.js';

const native = await nativeOrNull();
/** Whole numbers, so that the order of a sum doesn't matter. */
const ramp = (length: number): Float32Array => Float32Array.from({ length }, (_, i) => (i % 7) - 3);
const size = 128;

/** The sum of a product's squares and its gradient, and the kernels that ran. */
async function run(productTuning: ProductTuning, rows = size) {
  const input = { shape: [rows, size], values: ramp(rows * size) };
  const { kernels, results } = await runTuned(native, productTuning, [input], ([input]) => {
    const loss = (a: tf.Tensor) =>
      tf.sum(tf.square(tf.matMul(a as tf.Tensor2D, tf.tensor2d(ramp(size * size), [size, size]))));
    const { value, gradient } = valueAndGradient(loss, input);
    return [value, gradient];
  });
  return { results, kernels: kernels.filter(type => type.includes('MatMul')) };
}

interface Sizes {
  readonly left: number[];
  readonly right: number[];
  readonly transposeA: boolean;
  readonly transposeB?: boolean;
}

/** A product of two matrices, and whether Eigen's kernel made it. */
async function product(productTuning: ProductTuning, { left, right, transposeA, transposeB }: Sizes) {
  const inputs = [left, right].map(shape => ({ shape, values: ramp(shape[0] * shape[1]) }));
  const { kernels, results } = await runTuned(native, productTuning, inputs, ([a, b]) => [
    // A result that is handed out keeps its kernel: only those who go on computing with it are given another one.
    tf.neg(tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D, transposeA, transposeB)),
  ]);
  return { byEigen: kernels.includes('BatchMatMulV3'), values: results[0] };
}

describe.skipIf(native === null)('eigenProducts', () => {
  it('moves the plain product to Eigen, and leaves the transposed one of its gradient', async () => {
    const { kernels } = await run('eigen');
    expect(kernels.filter(type => type === 'BatchMatMulV3')).toHaveLength(1);
    expect(kernels.filter(type => type.endsWith('MatMul'))).toHaveLength(1);
  });

  it('leaves small products alone', async () => {
    expect((await run('eigen', 2)).kernels).not.toContain('BatchMatMulV3');
  });

  it.each([
    { left: [128, 600], right: [600, 512], transposeA: false, eigen: true },
    { left: [128, 600], right: [600, 600], transposeA: false, eigen: false },
    { left: [32, 512], right: [32, 512], transposeA: true, eigen: true },
    { left: [32, 600], right: [32, 512], transposeA: true, eigen: false },
    { left: [32, 512], right: [32, 600], transposeA: true, eigen: false },
    { left: [128, 512], right: [512, 512], transposeA: false, transposeB: true, eigen: false },
  ])('$left · $right, transposed: $transposeA, $transposeB; by Eigen: $eigen', async c => {
    expect((await product('eigen', c)).byEigen).toBe(c.eigen);
  });

  it('gives the same numbers where the left matrix is transposed', async () => {
    const sizes = { left: [32, 512], right: [32, 512], transposeA: true };
    const [eigen, plain] = [await product('eigen', sizes), await product('none', sizes)];
    expect([eigen.byEigen, plain.byEigen]).toEqual([true, false]);
    expect(eigen.values).toEqual(plain.values);
  });

  it('gives the same numbers', async () => {
    const [eigen, plain] = [await run('eigen'), await run('none')];
    expect(plain.kernels).not.toContain('BatchMatMulV3');
    expect(eigen.results).toEqual(plain.results);
  });
});
