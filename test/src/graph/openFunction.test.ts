import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { NotTraceableError } from '../../../src/graph/notTraceableError.js';
import { OpenFunction } from '../../../src/graph/openFunction.js';
import { openSessions } from '../../../src/graph/session.js';
import { currentTracer } from '../../../src/graph/tracer.js';
import { valueAndGradient } from '../../../src/graph/valueAndGradient.js';
import type { Native } from '../../../src/native/backend.js';
import { DataType } from '../../../src/native/dataType.js';
import { nativeOrNull } from '../../helpers/native.js';

const native = (await nativeOrNull()) as Native;

describe.skipIf(native === null)('OpenFunction', () => {
  const matrix = { shape: [-1, -1], dtype: DataType.float32 };
  const trace = (fn: (x: tf.Tensor) => tf.Tensor[]): OpenFunction =>
    OpenFunction.trace(
      native,
      [matrix],
      {
        examples: [
          [2, 3],
          [4, 5],
        ],
      },
      ([x]) => fn(x),
    );

  it('runs for inputs of any size, gradients included', async () => {
    const cubes = trace(x => {
      const { value, gradient } = valueAndGradient(y => tf.mean(tf.pow(y, 3), [1]), x);
      return [value, gradient];
    });
    for (const [rows, columns] of [
      [4, 5],
      [1, 1],
      [3, 7],
    ]) {
      const x = Float32Array.from({ length: rows * columns }, (_, i) => i - 2);
      const [means, gradients] = (await cubes.run([x], [[rows, columns]])) as Float32Array[];
      const row = (i: number): Float32Array => x.subarray(i * columns, (i + 1) * columns);
      expect(means).toHaveLength(rows);
      for (let i = 0; i < rows; i++) {
        expect(means[i]).toBeCloseTo(row(i).reduce((sum, value) => sum + value ** 3, 0) / columns, 2);
      }
      expect(gradients).toHaveLength(x.length);
      for (const [i, gradient] of gradients.entries()) expect(gradient).toBeCloseTo((3 * x[i] ** 2) / columns, 2);
    }
    await cubes.dispose();
  });

  it('runs the copy that is asked for, and no other', async () => {
    const cubes = OpenFunction.trace(
      native,
      [matrix],
      {
        examples: [
          [2, 3],
          [4, 5],
        ],
        copies: 3,
      },
      ([x]) => {
        const { value, gradient } = valueAndGradient(y => tf.mean(tf.pow(y, 3), [1]), x);
        return [value, gradient];
      },
    );
    const results = [0, 1, 2].map(copy => cubes.run([Float32Array.of(1, 2)], [[1, 2]], copy));
    for (const result of await Promise.all(results))
      expect(result).toEqual([Float32Array.of(4.5), Float32Array.of(1.5, 6)]);
    await expect(cubes.run([Float32Array.of(1, 2)], [[1, 2]], 3)).rejects.toThrow();
    await cubes.dispose();
  });

  it('takes variables by their value while tracing', async () => {
    const factor = tf.variable(tf.scalar(2));
    const scale = trace(x => [tf.mul(x, factor)]);
    factor.assign(tf.scalar(100));
    expect(await scale.run([Float32Array.of(1, 2)], [[1, 2]])).toEqual([Float32Array.of(2, 4)]);
    await scale.dispose();
    factor.dispose();
  });

  const outside = native === null ? [] : [2, 2].map(value => tf.scalar(value));
  it.each<[string, (x: tf.Tensor) => tf.Tensor]>([
    ['a shape', x => tf.reshape(x, [x.size])],
    ['a number', x => tf.mul(x, x.shape[0])],
    ['a list of values', x => tf.add(x, tf.tensor1d(Array<number>(x.shape[1] as number).fill(1)))],
    ['an attribute', x => tf.maxPool<tf.Tensor4D>(tf.expandDims(tf.expandDims(x, 0), 3), x.shape[0] - 1, 1, 'same')],
    ['which of several outputs', x => tf.exp(tf.unstack(tf.stack([x, tf.neg(x)]))[x.shape[0] > 2 ? 1 : 0])],
    ['which tensor from outside', x => tf.mul(x, outside[x.shape[0] > 2 ? 1 : 0])],
    [
      'what a gradient is taken by',
      x => {
        const [abs, neg] = [tf.abs(x), tf.neg(x)];
        const loss = tf.sum(tf.mul(abs, neg)) as tf.Scalar;
        return currentTracer()?.gradients(loss, [x.shape[0] > 2 ? abs : neg])[0] as tf.Tensor;
      },
    ],
    ['which operations there are', x => (x.shape[0] > 2 ? tf.abs(x) : tf.neg(x))],
  ])('refuses a function whose graph keeps its size in %s, and leaves nothing behind', (_, fn) => {
    const [sessions, tensors] = [openSessions(), tf.memory().numTensors];
    expect(() => trace(x => [fn(x)])).toThrow(NotTraceableError);
    expect(openSessions()).toBe(sessions);
    expect(tf.memory().numTensors).toBe(tensors);
  });
});
