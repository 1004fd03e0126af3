import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { valueAndGradient } from '../../../src/graph/valueAndGradient.js';
import { nativeOrNull } from '../../helpers/native.js';
import { runTuned } from '../../helpers/runTuned.js';

const native = await nativeOrNull();
const waves = (shape: number[], from: number) => {
  const size = shape.reduce((product, dim) => product * dim, 1);
  return { shape, values: Float32Array.from({ length: size }, (_, i) => Math.sin(from + i) + (from > 0 ? 1.5 : 0)) };
};
const inputsOf = (channels: number) => [
  waves([2, 4, 4, channels], 0),
  ...[1, 2, 3, 4].map(from => waves([channels], from)),
];
const inputs = inputsOf(8);

const normalize = ([x, mean, variance, offset, scale]: tf.Tensor[]): tf.Tensor =>
  tf.batchNorm(
    x as tf.Tensor4D,
    mean as tf.Tensor1D,
    variance as tf.Tensor1D,
    offset as tf.Tensor1D,
    scale as tf.Tensor1D,
    0.1,
  );

describe.skipIf(native === null)('fuseNormalizations', () => {
  it.each<[string, (inputs: tf.Tensor[]) => tf.Tensor[], string, number]>([
    ['the two alone', all => [tf.neg(tf.relu(normalize(all)))], 'FusedBatchNormEx', 0],
    ['a ReLU that is a result', all => [tf.relu(normalize(all))], 'FusedBatchNorm', 1],
    [
      'a normalization that is a result',
      all => {
        const normalized = normalize(all);
        return [normalized, tf.neg(tf.relu(normalized))];
      },
      'FusedBatchNorm',
      1,
    ],
    [
      'another user of what is normalized',
      all => {
        const normalized = normalize(all);
        return [tf.exp(normalized), tf.neg(tf.relu(normalized))];
      },
      'FusedBatchNorm',
      1,
    ],
    ['another activation', all => [tf.neg(tf.elu(normalize(all)))], 'FusedBatchNorm', 0],
    [
      "a gradient of tfjs's tape, which looks at what is normalized",
      ([x, ...rest]) => [valueAndGradient(x => tf.square(tf.relu(normalize([x, ...rest]))), x).gradient],
      'FusedBatchNorm',
      1,
    ],
  ])(
    'makes one kernel of a normalization and its ReLU where nobody else sees either: %s',
    async (_, fn, kernel, relus) => {
      const [tuned, plain] = [await runTuned(native, 'turn', inputs, fn), await runTuned(native, 'none', inputs, fn)];
      for (const [i, result] of plain.results.entries()) {
        for (const [j, value] of result.entries()) expect(tuned.results[i][j]).toBeCloseTo(value, 4);
      }
      const normalizations = tuned.kernels.filter(type => /BatchNorm(Ex)?$/.test(type));
      expect(normalizations.map(type => type.replace(/^_(MklNative)?/, ''))).toEqual([kernel]);
      expect(tuned.kernels.filter(type => type === 'Relu')).toHaveLength(relus);
    },
  );

  it.each([1, 6, 10, 12])('makes one kernel only where TensorFlow has one for as many channels: %i', async channels => {
    const kernels = [];
    const results = [];
    for (const tuning of ['turn', 'eigen', 'none'] as const) {
      const ran = await runTuned(native, tuning, inputsOf(channels), all => [tf.neg(tf.relu(normalize(all)))]);
      kernels.push(ran.kernels.some(type => type.includes('BatchNormEx')));
      results.push(ran.results[0]);
    }
    expect(kernels.slice(0, 2)).toEqual([channels === 12, channels === 12]);
    for (const tuned of results.slice(0, 2)) {
      for (const [i, value] of results[2].entries()) expect(tuned[i]).toBeCloseTo(value, 4);
    }
  });

  it.each<[string, (x: tf.Tensor) => tf.Tensor]>([
    ['ReLU', tf.relu],
    ['ELU', tf.elu],
    ['tanh', tf.tanh],
    ['sigmoid', tf.sigmoid],
  ])(
    'leaves TensorFlow’s own rewriting nothing that it has no kernel for: %s of a normalized convolution',
    async (_, activate) => {
      const fn = ([kernel, x, ...rest]: tf.Tensor[]) => {
        const sums = tf.conv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, 1, 'same');
        return [tf.neg(activate(normalize([sums, ...rest])))];
      };
      const all = [waves([3, 3, 8, 8], 0), ...inputs];
      const [tuned, plain] = [await runTuned(native, 'turn', all, fn), await runTuned(native, 'none', all, fn)];
      for (const [i, value] of plain.results[0].entries()) expect(tuned.results[0][i]).toBeCloseTo(value, 4);
    },
  );
});
