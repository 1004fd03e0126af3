import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { valueAndGradient } from '../../../src/graph/valueAndGradient.js';
import type { ProductTuning } from '../../../src/native/backend.js';
import { nativeOrNull } from '../../helpers/native.js';
import { runTuned } from '../../helpers/runTuned.js';

const native = await nativeOrNull();
/** Whole numbers, so that the order of a sum doesn't matter. */
const ramp = (length: number): Float32Array => Float32Array.from({ length }, (_, i) => ((i * i) % 7) - 3);

interface Case {
  readonly kernel?: readonly [number, number];
  /** Examples of each shard. */
  readonly examples?: readonly number[];
  readonly penalty?: boolean;
  readonly shards?: number;
  /** The kernel comes first, itself transposed or not, before the transposed examples. */
  readonly kernelFirst?: 'plain' | 'transposed';
}

/** The gradient by a dense kernel that several shards share, and by how many products over examples it was computed. */
async function run(
  tuning: ProductTuning,
  { kernel = [2048, 513], examples = [3, 2], penalty = false, shards = 2, kernelFirst }: Case,
) {
  const shapes = [kernel, ...examples.map(count => [count, kernel[kernelFirst === 'plain' ? 1 : 0]])];
  const inputs = shapes.map(shape => ({ shape, values: ramp(shape.reduce((a, b) => a * b)) }));
  const { kernels, results } = await runTuned(
    native,
    tuning,
    inputs,
    ([weights, ...xs]) => {
      const product = (x: tf.Tensor, w: tf.Tensor): tf.Tensor =>
        kernelFirst === undefined ? tf.matMul(x, w) : tf.matMul(w, x, kernelFirst === 'transposed', true);
      const loss = (w: tf.Tensor): tf.Tensor => {
        const losses = xs.map((x, i) => tf.sum(tf.mul(product(x, w), i + 1)));
        return tf.addN(penalty ? [...losses, tf.sum(tf.square(w))] : losses);
      };
      // A result that is handed out keeps its kernel: only those who go on computing with it are given another one.
      return [tf.sum(valueAndGradient(loss, weights).gradient, 0)];
    },
    { shards },
  );
  return { joint: kernels.some(type => type.startsWith('Concat')), gradient: results[0] };
}

describe.skipIf(native === null)('jointProducts', () => {
  it.each<[Case, boolean]>([
    [{}, true],
    [{ examples: [2, 2, 1], shards: 3 }, true],
    [{ penalty: true }, true],
    [{ kernel: [1024, 1024] }, true],
    [{ kernel: [1024, 1023] }, false],
    [{ kernelFirst: 'plain' }, false],
    [{ kernelFirst: 'transposed' }, false],
    [{ examples: [5] }, false],
    [{ examples: [5], penalty: true }, false],
    [{ shards: 1 }, false],
  ])('%j: one product: %s, with the same numbers', async (given, joint) => {
    const [tuned, plain] = [await run('eigen', given), await run('none', given)];
    expect([tuned.joint, plain.joint]).toEqual([joint, false]);
    expect(tuned.gradient).toEqual(plain.gradient);
    expect(tuned.gradient.some(value => value !== 0)).toBe(true);
  });

  it('stays with one for each shard where there is AVX-512', async () => {
    expect((await run('turn', {})).joint).toBe(false);
  });
});
