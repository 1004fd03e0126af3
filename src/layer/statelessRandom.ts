import * as tf from '@tensorflow/tfjs-core';
import { sizeOf } from '../data/hostArray.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { currentNative } from '../native/backend.js';
import { DataType } from '../native/dataType.js';
import { AttributeType, type OpAttribute } from '../native/executor.js';
import { philoxUniform } from '../random/philoxUniform.js';
import type { Seed } from './seed.js';

/**
 * Uniform float32 numbers from [0, 1), a function of shape and seed alone: the same on every backend, bit for bit.
 *
 * @throws InvalidArgumentError where the backend draws on the host and the seed isn't known there
 */
export function statelessUniform(shape: readonly number[], seed: Seed): tf.Tensor {
  return (
    drawNative('StatelessRandomUniform', shape, seed) ??
    tf.tensor(philoxUniform(sizeOf(shape), hostSeed(seed)), [...shape], 'float32')
  );
}

/**
 * Numbers from the standard normal distribution, a function of shape and seed alone: the same on every backend but for
 * rounding. The Box–Muller transform of {@link statelessUniform}'s numbers, two by two, as TensorFlow does it
 * (tsl/lib/random/random_distributions.h).
 *
 * @throws InvalidArgumentError as {@link statelessUniform}
 */
export function statelessNormal(shape: readonly number[], seed: Seed): tf.Tensor {
  const drawn = drawNative('StatelessRandomNormal', shape, seed);
  if (drawn !== undefined) return drawn;
  const size = sizeOf(shape);
  const values = philoxUniform(size + (size % 2), hostSeed(seed));
  for (let i = 0; i < values.length; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(Math.max(values[i], SMALLEST)));
    const angle = 2 * Math.PI * values[i + 1];
    values[i] = radius * Math.sin(angle);
    values[i + 1] = radius * Math.cos(angle);
  }
  return tf.tensor(values.subarray(0, size), [...shape], 'float32');
}

/** TensorFlow's guard against the logarithm of zero. */
const SMALLEST = 1e-7;

/** A dropout mask: 0 with probability `rate`, else 1/(1 − rate). `rate` is from [0, 1). */
export function keepMask(shape: readonly number[], rate: number, seed: Seed): tf.Tensor {
  const kept = tf.greaterEqual(statelessUniform(shape, seed), rate);
  return tf.mul(tf.cast(kept, 'float32'), 1 / (1 - rate));
}

function drawNative(operation: string, shape: readonly number[], { tensor }: Seed): tf.Tensor | undefined {
  return currentNative()?.backend.executeSingleOutput(operation, DRAW, [tf.tensor1d([...shape], 'int32'), tensor]);
}

const DRAW: readonly OpAttribute[] = [
  { name: 'dtype', type: AttributeType.type, value: DataType.float32 },
  { name: 'T', type: AttributeType.type, value: DataType.int32 },
  { name: 'Tseed', type: AttributeType.type, value: DataType.int32 },
];

function hostSeed({ host }: Seed): readonly [number, number] {
  if (host !== null) return host;
  throw new InvalidArgumentError(
    `The backend '${tf.getBackend()}' draws random numbers on the host: give the seed's numbers as 'host' too.`,
  );
}
