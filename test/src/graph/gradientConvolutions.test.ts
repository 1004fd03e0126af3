import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it, vi } from 'vitest';
import { Graph } from '../../../src/graph/graph.js';
import { OpenFunction } from '../../../src/graph/openFunction.js';
import { valueAndGradient } from '../../../src/graph/valueAndGradient.js';
import type { Native } from '../../../src/native/backend.js';
import { DataType } from '../../../src/native/dataType.js';
import { nativeOrNull } from '../../helpers/native.js';

const native = (await nativeOrNull()) as Native;
/** Whole numbers, so that the order of a sum doesn't matter. */
const ramp = (length: number): Float32Array => Float32Array.from({ length }, (_, i) => ((i * i) % 7) - 3);

interface Case {
  readonly kernel: readonly [number, number, number, number];
  readonly strides?: number;
  readonly padding?: 'same' | 'valid';
  /** Whether the kernel is the result of an operation. */
  readonly isMade?: boolean;
  /** Whether a convolution takes the gradient's place. */
  readonly replaced: boolean;
}

const size = 6;

/** The gradient of a convolution's weighted sum, compiled and eager, and the types of the kernels that ran. */
async function run({ kernel, strides = 1, padding = 'same', isMade = false }: Omit<Case, 'replaced'>) {
  const channels = kernel[2];
  const objective = (x: tf.Tensor): tf.Tensor => {
    const constant = tf.tensor4d(ramp(kernel.reduce((a, b) => a * b)), [...kernel]);
    const y = tf.conv2d(x as tf.Tensor4D, isMade ? tf.neg(constant) : constant, strides, padding);
    return tf.sum(tf.square(y), [1, 2, 3]);
  };
  const compiled = OpenFunction.trace(
    native,
    [{ shape: [-1, size, size, channels], dtype: DataType.float32 }],
    { examples: [[2], [3]] },
    ([x]) => [valueAndGradient(objective, x).gradient],
  );
  const x = ramp(size * size * channels);
  try {
    const [gradient] = (await compiled.run([x], [[1, size, size, channels]])) as Float32Array[];
    const eager = tf.tidy(() =>
      valueAndGradient(objective, tf.tensor4d(x, [1, size, size, channels]))
        .gradient.dataSync()
        .slice(),
    );
    return { gradient, eager };
  } finally {
    await compiled.dispose();
  }
}

describe.skipIf(native === null)('gradientConvolutions', () => {
  it.each<Case>([
    { kernel: [3, 3, 3, 5], replaced: true },
    { kernel: [1, 5, 2, 4], replaced: true },
    { kernel: [1, 1, 4, 3], replaced: true },
    { kernel: [2, 2, 3, 5], replaced: false },
    { kernel: [2, 3, 3, 5], replaced: false },
    { kernel: [3, 2, 3, 5], replaced: false },
    { kernel: [3, 3, 3, 5], isMade: true, replaced: false },
    { kernel: [3, 3, 3, 5], strides: 2, replaced: false },
    { kernel: [3, 3, 3, 5], padding: 'valid', replaced: false },
  ])('leaves the gradient what it is: %o', async ({ replaced, ...example }) => {
    const redirect = vi.spyOn(Graph.prototype, 'redirect');
    try {
      const { gradient, eager } = await run(example);
      expect(gradient).toEqual(eager);
      expect(redirect).toHaveBeenCalledTimes(replaced ? 1 : 0);
    } finally {
      redirect.mockRestore();
    }
  });
});
