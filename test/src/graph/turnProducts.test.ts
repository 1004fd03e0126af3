import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { Compiler } from '../../../src/graph/compiler.js';
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

/** A product of two matrices, and whether one was transposed by a kernel of its own. */
async function product(productTuning: ProductTuning, { left, right, transposeA, transposeB }: Sizes) {
  const compiler = new Compiler({ ...(native as NonNullable<typeof native>), productTuning }, []);
  try {
    const inputs = [left, right].map(shape => ({ shape, dtype: DataType.float32 }));
    const f = compiler.compile(inputs, ([a, b]) => [
      // A result that is handed out keeps its kernel: only those who go on computing with it are given another one.
      tf.neg(tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D, transposeA, transposeB)),
    ]);
    const values = [left, right].map(([rows, columns]) => ramp(rows * columns));
    const kernels = await f.profile(values);
    const [negated] = await f.run(values);
    return { transposes: kernels.some(({ type }) => type.includes('Transpose')), values: negated as Float32Array };
  } finally {
    await compiler.dispose();
  }
}

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
    ['a transposed left matrix', { ...gradient, left: [600, 16], transposeA: true }],
  ])('leaves %s alone', async (_, sizes) => {
    expect((await product('turn', sizes)).transposes).toBe(false);
  });

  it('lets the gradient by the kernel be first, which nothing waits for', async () => {
    const compiler = new Compiler({ ...(native as NonNullable<typeof native>), productTuning: 'turn' }, []);
    try {
      const shapes = [
        [16, 600],
        [16, 512],
        [512, 600],
      ];
      const f = compiler.compile(
        shapes.map(shape => ({ shape, dtype: DataType.float32 })),
        ([dy, x, kernel]) => [
          tf.neg(tf.matMul(dy as tf.Tensor2D, kernel as tf.Tensor2D, false, true)),
          tf.neg(tf.matMul(x as tf.Tensor2D, dy as tf.Tensor2D, true, false)),
        ],
      );
      const kernels = await f.profile(shapes.map(([rows, columns]) => ramp(rows * columns)));
      const products = kernels.filter(({ type }) => type.endsWith('MatMul')).toSorted((a, b) => a.start - b.start);
      // By their names in the graph: the turned product came in last.
      expect(products.map(({ name }) => name)).toEqual(['MatMul_1', 'MatMul_2']);
      expect(products[1].start).toBeGreaterThanOrEqual(products[0].start + products[0].duration);
    } finally {
      await compiler.dispose();
    }
  });

  it('lets what depends on the turned product come after it', async () => {
    const compiler = new Compiler({ ...(native as NonNullable<typeof native>), productTuning: 'turn' }, []);
    try {
      const shapes = [
        [16, 600],
        [512, 600],
      ];
      const f = compiler.compile(
        shapes.map(shape => ({ shape, dtype: DataType.float32 })),
        // As the gradient by a kernel of a penalty on the gradient by its input.
        ([dy, kernel]) => {
          const dx = tf.matMul(dy as tf.Tensor2D, kernel as tf.Tensor2D, false, true);
          return [tf.matMul(tf.neg(dx), dy as tf.Tensor2D, true, false)];
        },
      );
      const [result] = await f.run(shapes.map(([rows, columns]) => ramp(rows * columns)));
      expect(result.length).toBe(512 * 600);
    } finally {
      await compiler.dispose();
    }
  });
});
