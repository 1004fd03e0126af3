import * as tf from '@tensorflow/tfjs-core';
import type { TakesPieces } from '../file/tensorOf.js';

/** What of the backend's class is used here: its memory. */
interface HeapBackend {
  makeOutput(shape: readonly number[], dtype: tf.DataType): tf.TensorInfo;
  typedArrayFromHeap(tensor: tf.TensorInfo): Float32Array;
}

/** Lets the backend in use take values straight into its memory, without an array of JavaScript's on the way. */
export function takePieces(): void {
  const backend = tf.backend() as tf.KernelBackend & HeapBackend & Partial<TakesPieces>;
  backend.tensorOfPieces = (shape, pieces) => {
    const tensor = backend.makeOutput([...shape], 'float32');
    let at = 0;
    for (const piece of pieces) {
      // Anew for each piece: the memory may have moved.
      backend.typedArrayFromHeap(tensor).set(piece, at);
      at += piece.length;
    }
    return tf.engine().makeTensorFromTensorInfo(tensor);
  };
}
