import * as tf from '@tensorflow/tfjs-core';
import type { StoredArray, StoredData } from './storedArray.js';

/** A backend that takes a tensor's values a piece at a time, straight into its own memory. */
export interface TakesPieces {
  /** A float32 tensor; the pieces come one after the other in row-major order, and are as long together as it is. */
  tensorOfPieces(shape: readonly number[], pieces: Iterable<Float32Array>): tf.Tensor;
}

/**
 * A tensor with the values of an array in a file. They go from the disk into the backend's memory a piece at a time where
 * it can do that: a copy for JavaScript would be as large again, and stay until the collector comes round.
 */
export function tensorOf({ shape, read, pieces }: StoredArray, dtype: tf.DataType): tf.Tensor {
  const backend = tf.backend() as tf.KernelBackend & Partial<TakesPieces>;
  if (pieces !== undefined && dtype === 'float32' && backend.tensorOfPieces !== undefined) {
    return backend.tensorOfPieces(shape, eachAsFloats(pieces()));
  }
  return tf.tensor(asNumbers(read()), [...shape], dtype as 'float32');
}

function* eachAsFloats(pieces: Iterable<StoredData>): Generator<Float32Array> {
  for (const piece of pieces) {
    yield piece instanceof Float32Array ? piece : Float32Array.from(piece as Uint8Array, Number);
  }
}

const asNumbers = (data: StoredData): Float32Array | Int32Array =>
  data instanceof Float32Array || data instanceof Int32Array ? data : Float32Array.from(data as Uint8Array, Number);
