import type { LayersModel } from '@tensorflow/tfjs-layers';
import { savedLayers } from '../../src/file/keras/savedLayers.js';
import type { Learner } from '../../src/learner/learner.js';

export interface Arrays {
  readonly x: Float32Array;
  readonly y: Float32Array;
}

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
  { x, y }: Arrays,
  { rows, iterations, learningRate }: { rows: number; iterations: number; learningRate: number },
): Promise<Outcome> {
  try {
    const inputShape = [rows, ...model.inputs[0].shape.slice(1)] as number[];
    const predictions = await learner.predict({ data: x, shape: inputShape });
    const { loss } = await learner.step(
      {
        kind: 'values',
        x: { data: x, shape: inputShape },
        y: { data: y, shape: predictions.shape },
        epoch: 0,
        size: rows,
        seed: 3,
        cursor: { epoch: 0, position: rows },
      },
      { learningRate, iterations },
    );
    await learner.dispose();
    return { predictions: Float32Array.from(predictions.data), loss: Float32Array.of(loss), weights: weightsOf(model) };
  } finally {
    await learner.dispose();
  }
}

function weightsOf(model: LayersModel): Float32Array {
  const arrays = savedLayers(model).flatMap(({ weights }) => weights.map(({ variable }) => variable.dataSync()));
  return Float32Array.from([0, ...arrays.flatMap(array => [...array])]);
}

/** The largest difference from what is expected, as a part of it where that is larger than 1. */
export function largestDifference(found: ArrayLike<number>, expected: Float32Array): number {
  if (found.length !== expected.length) return Number.POSITIVE_INFINITY;
  return expected.reduce(
    (largest, value, i) => Math.max(largest, Math.abs(value - found[i]) / Math.max(1, Math.abs(value))),
    0,
  );
}
