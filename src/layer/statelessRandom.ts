import * as tf from '@tensorflow/tfjs-core';
import { sizeOf } from '../array/hostArray.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { currentNative } from '../native/backend.js';
import { DataType } from '../native/dataType.js';
import { typeAttribute } from '../native/executor.js';
import { philoxUniform } from '../random/philoxUniform.js';
import { philoxWords } from '../random/philoxWords.js';
import type { Seed } from './seed.js';
import { drawnRows } from './shardRows.js';

/**
 * Uniform float32 numbers from [0, 1), a function of shape and seed alone: the same on every backend, bit for bit.
 *
 * @throws InvalidArgumentError where the backend draws on the host and the seed isn't known there
 */
export function statelessUniform(shape: readonly number[], seed: Seed): tf.Tensor {
  return drawnRows(
    shape,
    all =>
      drawNative('StatelessRandomUniform', all, seed) ??
      tf.tensor(philoxUniform(sizeOf(all), hostSeed(seed)), [...all], 'float32'),
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
  return drawnRows(shape, all => drawNative('StatelessRandomNormal', all, seed) ?? normalOnHost(all, seed));
}

function normalOnHost(shape: readonly number[], seed: Seed): tf.Tensor {
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

/**
 * A dropout mask, float32: 0 with probability `rate`, else 1/(1 − rate); a function of shape, rate and seed alone, the same on
 * every backend. `rate` is from [0, 1) and is met to 1/131,072: two elements share a random word, which halves the time that
 * drawing takes.
 *
 * @throws InvalidArgumentError as {@link statelessUniform}
 */
export function keepMask(shape: readonly number[], rate: number, seed: Seed): tf.Tensor {
  const threshold = Math.round(rate * HALF_WORDS);
  const kept = drawnRows(shape, all => keptNative(all, threshold, seed) ?? keptOnHost(all, threshold, seed));
  return tf.mul(tf.cast(kept, 'float32'), 1 / (1 - rate));
}

/** Values of half a random word. */
const HALF_WORDS = 2 ** 16;

function keptNative(shape: readonly number[], threshold: number, seed: Seed): tf.Tensor | undefined {
  const backend = currentNative()?.backend;
  if (backend === undefined) return undefined;
  const size = sizeOf(shape);
  const words = drawNative('StatelessRandomUniformFullInt', [Math.ceil(size / 2)], seed, DataType.int32) as tf.Tensor;
  const types = [typeAttribute('T', DataType.int32), typeAttribute('type', DataType.uint16)];
  const halves = backend.executeSingleOutput('Bitcast', types, [words]);
  const bound = backend.executeSingleOutput(
    'Cast',
    [typeAttribute('SrcT', DataType.int32), typeAttribute('DstT', DataType.uint16)],
    [tf.scalar(threshold, 'int32')],
  );
  const kept = backend.executeSingleOutput('GreaterEqual', [typeAttribute('T', DataType.uint16)], [halves, bound]);
  const flat = tf.reshape(kept, [-1]);
  return tf.reshape(size % 2 === 0 ? flat : tf.slice(flat, 0, size), [...shape]);
}

/** Little-endian, as the words lie in TensorFlow's memory. */
function keptOnHost(shape: readonly number[], threshold: number, seed: Seed): tf.Tensor {
  const size = sizeOf(shape);
  const words = philoxWords(Math.ceil(size / 2), hostSeed(seed));
  const kept = new Uint8Array(size);
  for (let i = 0; i < size; i++) kept[i] = Number(((words[i >> 1] >>> (16 * (i & 1))) & 0xffff) >= threshold);
  return tf.tensor(kept, [...shape], 'bool');
}

function drawNative(
  operation: string,
  shape: readonly number[],
  { tensor }: Seed,
  dtype: number = DataType.float32,
): tf.Tensor | undefined {
  const types = [
    typeAttribute('dtype', dtype),
    typeAttribute('T', DataType.int32),
    typeAttribute('Tseed', DataType.int32),
  ];
  return currentNative()?.backend.executeSingleOutput(operation, types, [tf.tensor1d([...shape], 'int32'), tensor]);
}

function hostSeed({ host }: Seed): readonly [number, number] {
  if (host !== null) return host;
  throw new InvalidArgumentError(
    `The backend '${tf.getBackend()}' draws random numbers on the host: give the seed's numbers as 'host' too.`,
  );
}
