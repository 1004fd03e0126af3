import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { Compiler } from '../../../src/graph/compiler.js';
import { valueAndGradient } from '../../../src/graph/valueAndGradient.js';
import { DataType } from '../../../src/native/dataType.js';
import { nativeOrNull } from '../../helpers/native.js';

const native = await nativeOrNull();
/** Whole numbers, so that the order of a sum doesn't matter. */
const ramp = (length: number): Float32Array => Float32Array.from({ length }, (_, i) => (i % 7) - 3);
const size = 128;

/** The sum of a product's squares and its gradient, and the kernels that ran. */
async function run(prefersEigen: boolean, rows = size) {
  const compiler = new Compiler({ ...(native as NonNullable<typeof native>), prefersEigen }, []);
  try {
    const f = compiler.compile([{ shape: [rows, size], dtype: DataType.float32 }], ([input]) => {
      const loss = (a: tf.Tensor) =>
        tf.sum(tf.square(tf.matMul(a as tf.Tensor2D, tf.tensor2d(ramp(size * size), [size, size]))));
      const { value, gradient } = valueAndGradient(loss, input);
      return [value, gradient];
    });
    const results = (await f.run([ramp(rows * size)])).map(values => [...values]);
    const kernels = (await f.profile([ramp(rows * size)]))
      .map(({ type }) => type)
      .filter(type => type.includes('MatMul'));
    return { results, kernels };
  } finally {
    await compiler.dispose();
  }
}

describe.skipIf(native === null)('eigenProducts', () => {
  it('moves the plain product to Eigen, and leaves the transposed one of its gradient', async () => {
    const { kernels } = await run(true);
    expect(kernels.filter(type => type === 'BatchMatMulV3')).toHaveLength(1);
    expect(kernels.filter(type => type.endsWith('MatMul'))).toHaveLength(1);
  });

  it('leaves small products alone', async () => {
    expect((await run(true, 2)).kernels).not.toContain('BatchMatMulV3');
  });

  it('gives the same numbers', async () => {
    const [eigen, plain] = [await run(true), await run(false)];
    expect(plain.kernels).not.toContain('BatchMatMulV3');
    expect(eigen.results).toEqual(plain.results);
  });
});
