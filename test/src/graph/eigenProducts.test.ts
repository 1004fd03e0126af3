import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { Compiler } from '../../../src/graph/compiler.js';
import { valueAndGradient } from '../../../src/graph/valueAndGradient.js';
import { DataType } from '../../../src/native/dataType.js';
import { nativeOrNull } from '../../helpers/native.js';

const native = await nativeOrNull();
const x = Float32Array.from({ length: 6 }, (_, i) => i - 2);
const w = [0.5, -1, 2, 3, -0.25, 1, 1, 0, 4, -2, 1, 2];

/** The sum of a product's squares and its gradient, and the kernels that ran. */
async function run(prefersEigen: boolean) {
  const compiler = new Compiler({ ...(native as NonNullable<typeof native>), prefersEigen }, []);
  try {
    const f = compiler.compile([{ shape: [2, 3], dtype: DataType.float32 }], ([input]) => {
      const loss = (a: tf.Tensor) => tf.sum(tf.square(tf.matMul(a as tf.Tensor2D, tf.tensor2d(w, [3, 4]))));
      const { value, gradient } = valueAndGradient(loss, input);
      return [value, gradient];
    });
    const results = (await f.run([x])).map(values => [...values]);
    const kernels = (await f.profile([x])).map(({ type }) => type).filter(type => type.includes('MatMul'));
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

  it('gives the same numbers', async () => {
    const [eigen, plain] = [await run(true), await run(false)];
    expect(plain.kernels).not.toContain('BatchMatMulV3');
    expect(eigen.results).toEqual(plain.results);
  });
});
