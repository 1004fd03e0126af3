import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { sizeOf } from '../array/hostArray.js';
import { innerLayers } from '../layer/innerLayers.js';
import { philoxUniform } from '../random/philoxUniform.js';
import { randomKey } from '../random/randomKey.js';
import { inverseNormal } from './inverseNormal.js';

/** What this needs of tfjs's classes, which their types hide. */
interface Initializer {
  getClassName(): string;
  getConfig(): Record<string, unknown>;
}

/**
 * Draws the weights of a model anew, by each layer's own initializers as Keras defines them, as a function of the seed
 * alone: the same seed gives the same weights. tfjs's own take a seed each, and equal layers get equal weights from it.
 * Weights with a constant initializer (zeros, ones, …) or one of an unknown class stay as they are.
 *
 * Source: keras/src/initializers/random_initializers.py.
 */
export function initializeWeights(model: LayersModel, seed: number): void {
  const done = new Set<object>();
  for (const [index, { layer }] of innerLayers(model).entries()) {
    // Models and wrappers show the weights of their layers, too, but have no initializers for them.
    for (const weight of layer.weights) {
      const name = weight.originalName.split('/').at(-1) ?? '';
      const initializer = initializerOf(layer, name);
      if (initializer === undefined || done.has(weight)) continue;
      const shape = weight.shape as number[];
      const [k0, k1] = randomKey(seed, 'weights', index, name);
      const fans = (layer as unknown as Matrices).fansOf?.(name);
      const values = draw(initializer, shape, [k0 | 0, k1 | 0], fans);
      if (values === undefined) continue;
      done.add(weight);
      tf.tidy(() => {
        weight.write(tf.tensor(values, shape, 'float32'));
      });
    }
  }
}

/** A layer with kernels that count as matrices. */
interface Matrices {
  /** Rows and columns of the weight of a name. */
  fansOf?(name: string): readonly [number, number] | undefined;
}

/** `depthwise_kernel` is made by `depthwiseInitializer`, `embeddings` by `embeddingsInitializer`, `query_kernel` by that of kernels. */
function initializerOf(layer: layers.Layer, name: string): Initializer | undefined {
  const camelCase = name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  const fields = layer as unknown as Readonly<Record<string, Initializer | undefined>>;
  const last = name.split('_').at(-1);
  return (
    fields[`${camelCase}Initializer`] ??
    fields[`${camelCase.replace(/Kernel$/, '')}Initializer`] ??
    fields[`${last}Initializer`]
  );
}

function draw(
  initializer: Initializer,
  shape: readonly number[],
  seed: readonly [number, number],
  fans?: readonly [number, number],
): Float32Array | undefined {
  const config = initializer.getConfig();
  const number = (key: string, absent: number): number => Number(config[key] ?? absent);
  switch (initializer.getClassName()) {
    case 'VarianceScaling':
      return varianceScaling(shape, config, seed, fans);
    case 'RandomUniform':
      return uniform(sizeOf(shape), number('minval', -0.05), number('maxval', 0.05), seed);
    case 'RandomNormal':
      return normals(sizeOf(shape), number('mean', 0), number('stddev', 0.05), seed);
    case 'TruncatedNormal':
      return truncatedNormals(sizeOf(shape), number('mean', 0), number('stddev', 0.05), seed);
    case 'Orthogonal':
      return orthogonal(shape, number('gain', 1), seed);
    default:
      return undefined;
  }
}

function varianceScaling(
  shape: readonly number[],
  { scale, mode, distribution }: Record<string, unknown>,
  seed: readonly [number, number],
  fans: readonly number[] = fansOf(shape),
): Float32Array {
  const [fanIn, fanOut] = fans;
  const fan = mode === 'fanIn' ? fanIn : mode === 'fanOut' ? fanOut : (fanIn + fanOut) / 2;
  const variance = Number(scale) / Math.max(1, fan);
  const size = sizeOf(shape);
  if (distribution === 'uniform') return uniform(size, -Math.sqrt(3 * variance), Math.sqrt(3 * variance), seed);
  return truncatedNormals(size, 0, Math.sqrt(variance) / TRUNCATED_DEVIATION, seed);
}

/** Of a kernel whose last two axes are rows and columns. */
function fansOf(shape: readonly number[]): readonly number[] {
  const receptive = sizeOf(shape.slice(0, -2));
  return shape.length < 2 ? [sizeOf(shape), sizeOf(shape)] : shape.slice(-2).map(size => size * receptive);
}

/** Standard deviation of a standard normal distribution cut at ±2. */
const TRUNCATED_DEVIATION = 0.87962566103423978;
/** Puts a draw into the middle of its step of 2⁻²³, so that 0 doesn't occur. */
const HALF_STEP = 2 ** -24;

const uniform = (size: number, from: number, to: number, seed: readonly [number, number]): Float32Array =>
  philoxUniform(size, seed).map(u => from + (to - from) * u);

const normals = (size: number, mean: number, deviation: number, seed: readonly [number, number]): Float32Array =>
  philoxUniform(size, seed).map(u => mean + deviation * inverseNormal(u + HALF_STEP));

/** Probability of a standard normal draw below −2. */
const BELOW = 0.022750131948179212;

const truncatedNormals = (
  size: number,
  mean: number,
  deviation: number,
  seed: readonly [number, number],
): Float32Array =>
  philoxUniform(size, seed).map(u => mean + deviation * inverseNormal(BELOW + (1 - 2 * BELOW) * (u + HALF_STEP)));

/** Rows or columns, whichever are fewer, are orthonormal: Gram–Schmidt on normal draws. */
function orthogonal(shape: readonly number[], gain: number, seed: readonly [number, number]): Float32Array {
  const columns = shape.at(-1) ?? 1;
  const rows = sizeOf(shape) / columns;
  const [count, length] = rows < columns ? [rows, columns] : [columns, rows];
  const drawn = normals(sizeOf(shape), 0, 1, seed);
  const vectors = Array.from({ length: count }, (_, i) =>
    Float64Array.from(drawn.subarray(i * length, (i + 1) * length)),
  );
  for (const [i, vector] of vectors.entries()) {
    for (const former of vectors.slice(0, i)) {
      const along = dot(vector, former);
      for (let k = 0; k < length; k++) vector[k] -= along * former[k];
    }
    const norm = Math.sqrt(dot(vector, vector));
    for (let k = 0; k < length; k++) vector[k] /= norm;
  }
  return Float32Array.from(drawn, (_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    return gain * (rows < columns ? vectors[row][column] : vectors[column][row]);
  });
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
