import * as tf from '@tensorflow/tfjs-core';
import type { Direction } from './direction.js';
import type { Metric } from './metric.js';

/** `(yTrue, yPred) → [batch, …]`: one value or more for each example. */
export type MetricFunction = (yTrue: tf.Tensor, yPred: tf.Tensor) => tf.Tensor;

/** Mean over the examples, by their weights. Source: `MeanMetricWrapper` of Keras 3. */
export function meanMetric(name: string, direction: Direction | null, values: MetricFunction): Metric {
  return {
    name,
    direction,
    size: 2,
    perStep: true,
    statistics: (yTrue, yPred, sampleWeight) => {
      const perExample = meanOfExample(values(yTrue, yPred), yPred.shape[0]);
      return sampleWeight === null
        ? tf.concat1d([sumOf(perExample), tf.tensor1d([yPred.shape[0]])])
        : tf.concat1d([sumOf(tf.mul(perExample, sampleWeight)), sumOf(sampleWeight)]);
    },
    result: ([sum, count]) => divideNoNan(sum, count),
  };
}

/** As Keras's `divide_no_nan`: 0 where nothing was counted. */
export const divideNoNan = (a: number, b: number): number => (b === 0 ? 0 : a / b);

const sumOf = (values: tf.Tensor): tf.Tensor1D => tf.reshape(tf.sum(values), [1]);

/** Mean over all axes but the first; a scalar stands for each example. */
function meanOfExample(values: tf.Tensor, batch: number): tf.Tensor {
  const numbers = tf.cast(values, 'float32');
  if (numbers.rank === 0) return tf.mul(numbers, tf.ones([batch]));
  return numbers.rank === 1 ? numbers : tf.mean(tf.reshape(numbers, [batch, -1]), 1);
}
