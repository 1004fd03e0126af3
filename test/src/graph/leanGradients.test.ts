import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { currentTracer } from '../../../src/graph/tracer.js';
import { nativeOrNull } from '../../helpers/native.js';
import { runTuned } from '../../helpers/runTuned.js';

const native = await nativeOrNull();

const inputs = [[2, 3], [2, 3], [3], [1, 3], []].map((shape, i) => {
  const size = shape.reduce((product, dim) => product * dim, 1);
  return { shape, values: Float32Array.from({ length: size }, (_, j) => Math.sin(3 * i + j + 1)) };
});

type Compute = (same: tf.Tensor, other: tf.Tensor, vector: tf.Tensor, row: tf.Tensor, scalar: tf.Tensor) => tf.Tensor;

describe.skipIf(native === null)('leanGradients', () => {
  it.each<[string, Compute, number[], number]>([
    ['both of one shape', (a, b) => tf.mul(a, b), [0, 1], 0],
    ['a chain', (a, b) => tf.div(tf.mul(a, tf.sub(a, b)), tf.add(tf.square(b), 1)), [0, 1], 0],
    ['a vector', (a, _, vector) => tf.mul(a, vector), [0, 2], 1],
    ['a row, which keeps its axis', (a, _, _vector, row) => tf.mul(a, row), [0, 3], 1],
    ['a scalar', (a, _, _vector, _row, scalar) => tf.mul(a, scalar), [0, 4], 1],
    ['a vector and a row', (_, _b, vector, row) => tf.mul(vector, row), [2, 3], 1],
    ['one added to itself', a => tf.add(a, a), [0], 0],
  ])('leaves the sums that a gradient needs, and no others: %s', async (_, compute, by, sums) => {
    const gradients = ([a, b, vector, row, scalar]: tf.Tensor[]): tf.Tensor[] => {
      const loss = tf.sum(tf.exp(compute(a, b, vector, row, scalar))) as tf.Scalar;
      const used = [a, b, vector, row, scalar].filter((_, i) => by.includes(i));
      const found = (currentTracer()?.gradients(loss, used) ?? []).filter(gradient => gradient !== null);
      // As an update does: of a result itself the sum stays.
      return found.map(gradient => tf.mul(gradient, 0.1));
    };
    const [tuned, plain] = [
      await runTuned(native, 'turn', inputs, gradients),
      await runTuned(native, 'none', inputs, gradients),
    ];
    for (const [i, result] of plain.results.entries()) {
      for (const [j, value] of result.entries()) expect(tuned.results[i][j]).toBeCloseTo(value, 5);
    }
    // And the loss's own.
    expect(tuned.kernels.filter(type => type === 'Sum')).toHaveLength(sums + 1);
  });

  it('makes no copies, and zeros of a shape once', async () => {
    const gradients = ([a, b]: tf.Tensor[]): tf.Tensor[] => {
      const limited = tf.maximum(tf.minimum(tf.add(a, b), tf.mul(a, b)), tf.square(b));
      const found = currentTracer()?.gradients(tf.sum(tf.exp(limited)), [a, b]) ?? [];
      return found.map(gradient => tf.mul(gradient as tf.Tensor, 0.1));
    };
    const [tuned, plain] = [
      await runTuned(native, 'turn', inputs.slice(0, 2), gradients),
      await runTuned(native, 'none', inputs.slice(0, 2), gradients),
    ];
    expect(tuned.results).toEqual(plain.results);
    expect(tuned.kernels.filter(type => ['Identity', 'ZerosLike', 'Fill'].includes(type))).toEqual([]);
    expect(tuned.kernels.filter(type => type === 'Select').length).toBeGreaterThan(1);
  });
});
