import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { type CompiledFunction, Compiler } from '../../../src/graph/compiler.js';
import type { ProductTuning } from '../../../src/native/backend.js';
import { DataType } from '../../../src/native/dataType.js';
import { nativeOrNull } from '../../helpers/native.js';

const native = await nativeOrNull();
/** Whole numbers, so that the order of a sum doesn't matter. */
const ramp = (length: number): Float32Array => Float32Array.from({ length }, (_, i) => (i % 7) - 3);

interface Sizes {
  readonly left: number[];
  readonly right: number[];
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** What `use` makes of a function of matrices that is compiled, and of matrices for it. */
async function compiled<T>(
  productTuning: ProductTuning,
  shapes: readonly number[][],
  fn: (matrices: tf.Tensor2D[]) => tf.Tensor[],
  use: (f: CompiledFunction, values: Float32Array[]) => Promise<T>,
): Promise<T> {
  const compiler = new Compiler({ ...(native as NonNullable<typeof native>), productTuning }, []);
  try {
    const inputs = shapes.map(shape => ({ shape, dtype: DataType.float32 }));
    const f = compiler.compile(inputs, matrices => fn(matrices as tf.Tensor2D[]));
    return await use(
      f,
      shapes.map(([rows, columns]) => ramp(rows * columns)),
    );
  } finally {
    await compiler.dispose();
  }
}

/** A product of two matrices, and whether one was transposed by a kernel of its own. */
const product = (productTuning: ProductTuning, { left, right, transposeA, transposeB }: Sizes) =>
  compiled(
    productTuning,
    [left, right],
    // A result that is handed out keeps its kernel: only those who go on computing with it are given another one.
    ([a, b]) => [tf.neg(tf.matMul(a, b, transposeA, transposeB))],
    async (f, values) => {
      const kernels = await f.profile(values);
      const [negated] = await f.run(values);
      return { transposes: kernels.some(({ type }) => type.includes('Transpose')), values: negated as Float32Array };
    },
  );

const gradient: Sizes = { left: [16, 600], right: [512, 600], transposeA: false, transposeB: true };

describe.skipIf(native === null)('turnProducts', () => {
  it('transposes the left matrix and the result, and gives the same numbers', async () => {
    const [turned, inside] = [await product('turn', gradient), await product('none', gradient)];
    expect([turned.transposes, inside.transposes]).toEqual([true, false]);
    expect(turned.values).toEqual(inside.values);
  });

  it.each<[string, Sizes]>([
    ['a left matrix of few rows', { ...gradient, left: [8, 600] }],
    ['a left matrix of many rows', { ...gradient, left: [513, 600] }],
    ['a small right matrix', { ...gradient, right: [256, 600] }],
    ['a right matrix that is not transposed', { ...gradient, right: [600, 512], transposeB: false }],
    ['a transposed left matrix', { ...gradient, left: [512, 16], right: [512, 512], transposeA: true }],
  ])('leaves %s alone', async (_, sizes) => {
    expect((await product('turn', sizes)).transposes).toBe(false);
  });

  it('lets the gradient by the kernel be first, which nothing waits for', async () => {
    const runs = await compiled(
      'turn',
      [
        [16, 600],
        [16, 512],
        [512, 600],
      ],
      ([dy, x, kernel]) => [tf.neg(tf.matMul(dy, kernel, false, true)), tf.neg(tf.matMul(x, dy, true, false))],
      // Several: without an order they come in this one by chance.
      (f, values) => Promise.all(Array.from({ length: 12 }, () => f.profile(values))),
    );
    for (const kernels of runs) {
      const products = kernels.filter(({ type }) => type.endsWith('MatMul')).toSorted((a, b) => a.start - b.start);
      // By their names in the graph: the turned product came in last.
      expect(products.map(({ name }) => name)).toEqual(['MatMul_1', 'MatMul_2']);
      expect(products[1].start).toBeGreaterThanOrEqual(products[0].start + products[0].duration);
    }
  });

  it('lets what depends on the turned product come after it', async () => {
    const results = await compiled(
      'turn',
      [
        [16, 600],
        [512, 600],
      ],
      // As the gradient by a kernel of a penalty on the gradient by its input.
      ([dy, kernel]) => {
        const dx = tf.neg(tf.matMul(dy, kernel, false, true)) as tf.Tensor2D;
        return [tf.matMul(dx, dy, true, false), tf.matMul(dy, dx, true, false)];
      },
      (f, values) => f.run(values),
    );
    expect(results.map(({ length }) => length)).toEqual([512 * 600, 600 * 512]);
  });
});
