import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { Compiler } from '../../../src/graph/compiler.js';
import { valueAndGradient } from '../../../src/graph/valueAndGradient.js';
import { DataType } from '../../../src/native/dataType.js';
import { nativeOrNull } from '../../helpers/native.js';

const native = await nativeOrNull();

describe.skipIf(native === null)('valueAndGradient', () => {
  const rows = (x: tf.Tensor): tf.Tensor => tf.sum(tf.mul(tf.square(x), [[1], [10]]), 1);

  it('gives each part its own gradient, traced as well as eagerly', async () => {
    const values = [1, 2, 3, 4];
    const eager = tf.tidy(() => {
      const { value, gradient } = valueAndGradient(rows, tf.tensor2d(values, [2, 2]));
      return [value.arraySync(), gradient.arraySync()];
    });
    expect(eager).toEqual([
      [5, 250],
      [
        [2, 4],
        [60, 80],
      ],
    ]);
    const compiler = new Compiler(native as NonNullable<typeof native>, []);
    try {
      const traced = compiler.compile([{ shape: [2, 2], dtype: DataType.float32 }], ([x]) => {
        const { value, gradient } = valueAndGradient(rows, x);
        return [value, gradient];
      });
      expect((await traced.run([Float32Array.from(values)])).map(data => [...data])).toEqual([
        [5, 250],
        [2, 4, 60, 80],
      ]);
    } finally {
      await compiler.dispose();
    }
  });

  it('gathers by indices that are only known when it runs', async () => {
    const compiler = new Compiler(native as NonNullable<typeof native>, []);
    try {
      const traced = compiler.compile([{ shape: [2], dtype: DataType.int32 }], ([indices]) => [
        tf.gather(tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]), indices as tf.Tensor1D, 1),
      ]);
      expect([...(await traced.run([Int32Array.of(2, 0)]))[0]]).toEqual([3, 1, 6, 4]);
    } finally {
      await compiler.dispose();
    }
  });
});
