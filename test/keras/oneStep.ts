import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Batch } from '../../src/data/batch.js';
import type { Learner, StepOptions } from '../../src/learner/learner.js';
import { savedLayers } from '../../src/saving/keras/savedLayers.js';

export type ValuesBatch = Extract<Batch, { kind: 'values' }>;

export interface Outcome {
  /** Of the model before the update. */
  readonly predictions: Float32Array;
  readonly loss: Float32Array;
  /** All weights after the update, in Keras's order, after a zero: a model may have none. */
  readonly weights: Float32Array;
}

/** A learner's predictions on a batch, then one update on it. The learner is disposed afterwards. */
export async function oneStep(
  learner: Learner,
  model: LayersModel,
  batch: ValuesBatch,
  options: StepOptions,
): Promise<Outcome> {
  try {
    const predictions = await learner.predict(batch.x);
    const { loss } = await learner.step(batch, options);
    await learner.dispose();
    return { predictions: Float32Array.from(predictions.data), loss: Float32Array.of(loss), weights: weightsOf(model) };
  } finally {
    await learner.dispose();
  }
}

/** A batch of numbers as Keras's side has written them. */
export const valuesBatch = (x: Float32Array, xShape: number[], y: Float32Array, yShape: number[]): ValuesBatch => ({
  kind: 'values',
  x: { data: x, shape: xShape },
  y: { data: y, shape: yShape },
  epoch: 0,
  size: xShape[0],
  seed: 3,
  cursor: { epoch: 0, position: xShape[0] },
});

function weightsOf(model: LayersModel): Float32Array {
  const arrays = savedLayers(model).flatMap(({ weights }) => weights.map(({ variable }) => variable.dataSync()));
  return Float32Array.from([0, ...arrays.flatMap(array => [...array])]);
}

/** The largest difference from what is expected, as a part of it where that is larger than 1, less what is allowed to each number. */
export function largestDifference(found: ArrayLike<number>, expected: Float32Array, allowed?: Float32Array): number {
  if (found.length !== expected.length) return Number.POSITIVE_INFINITY;
  return expected.reduce(
    (largest, value, i) =>
      Math.max(largest, (Math.abs(value - found[i]) - (allowed?.[i] ?? 0)) / Math.max(1, Math.abs(value))),
    0,
  );
}
