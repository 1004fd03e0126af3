import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { Compiler } from '../../../src/graph/compiler.js';
import { NotTraceableError } from '../../../src/graph/notTraceableError.js';
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

  it('refuses the gradient of a dilated convolution rather than give a wrong one', async () => {
    const kernel = tf.ones([3, 3, 1, 1]) as tf.Tensor4D;
    const convolve = (rate: number) => (x: tf.Tensor) => tf.conv2d(x as tf.Tensor4D, kernel, 1, 'same', 'NHWC', rate);
    const compiler = new Compiler(native as NonNullable<typeof native>, []);
    const trace = (rate: number) => () =>
      compiler.compile([{ shape: [1, 5, 5, 1], dtype: DataType.float32 }], ([x]) => [
        valueAndGradient(convolve(rate), x).gradient,
      ]);
    try {
      expect(trace(1)).not.toThrow();
      expect(trace(2)).toThrow(NotTraceableError);
      expect(trace(2)).toThrow(/gradient of a dilated convolution/);
    } finally {
      await compiler.dispose();
      kernel.dispose();
    }
  });
});
