import * as tf from '@tensorflow/tfjs-core';
import { replaceKernel } from '../kernel/replaceKernel.js';

/** Sums of rows that belong to the same segment: the gradient of gathering, so of an embedding. The backend has none. */
export function addSegmentSum(backendName: string): void {
  replaceKernel<'x' | 'segmentIds', tf.UnsortedSegmentSumAttrs>(
    tf.UnsortedSegmentSum,
    backendName,
    ({ x, segmentIds }, { numSegments }) => {
      const rowShape = x.shape.slice(1);
      const size = tf.util.sizeFromShape(rowShape);
      const values = x.dataSync();
      const sums = new Float32Array(numSegments * size);
      for (const [row, segment] of segmentIds.dataSync().entries()) {
        // TensorFlow leaves rows of a negative segment out.
        if (segment < 0) continue;
        for (let i = 0; i < size; i++) sums[segment * size + i] += values[row * size + i];
      }
      return tf.tensor(sums, [numSegments, ...rowShape], x.dtype);
    },
  );
}
