import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

/** Half of how far apart two values are of which a slope is taken. */
const reach = 2 ** -9;

/** That the gradients by each input are what numeric differentiation says, and that nothing is left behind. */
export function expectSlopes(fn: (...inputs: tf.Tensor[]) => tf.Tensor, inputs: readonly tf.Tensor[]): void {
  const before = tf.memory().numTensors;
  tf.tidy(() => {
    const output = fn(...inputs);
    // Every place of the output counts differently.
    const weights = tf.reshape(tf.cos(tf.range(0, output.size)), output.shape);
    const gradients = tf.grads((...xs) => tf.sum(tf.mul(fn(...xs), weights)))([...inputs]);
    inputs.forEach((input, i) => {
      const values = input.dataSync();
      const valueWith = (at: number, change: number): number =>
        tf.tidy(() => {
          const changed = values.slice();
          changed[at] += change;
          const xs = inputs.map((x, j) => (j === i ? tf.tensor(changed, x.shape) : x));
          return tf.sum(tf.mul(fn(...xs), weights)).dataSync()[0];
        });
      const slopes = Array.from(values, (_, at) => (valueWith(at, reach) - valueWith(at, -reach)) / (2 * reach));
      const worst = [...gradients[i].dataSync()].map((value, at) => Math.abs(value - slopes[at]));
      expect(Math.max(...worst)).toBeLessThan(5e-3);
    });
  });
  expect(tf.memory().numTensors).toBe(before);
}

/** Numbers between -1 and 1 in no order, each at least 1/`size` from the next: no maximum changes where one changes a little. */
export function scattered(shape: number[]): tf.Tensor {
  const size = tf.util.sizeFromShape(shape);
  const step = [101, 103, 107].find(prime => size % prime !== 0) as number;
  return tf.tensor(
    Float32Array.from({ length: size }, (_, i) => (2 * ((i * step) % size)) / size - 1),
    shape,
  );
}
