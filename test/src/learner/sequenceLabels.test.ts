import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ValueBatch } from '../../../src/data/batch.js';
import { createLearner } from '../../../src/learner/createLearner.js';
import { LabelMismatchError } from '../../../src/learner/labels.js';
import { sgd } from '../../../src/optimizer/sgd.js';

beforeAll(() => tf.setBackend('cpu'));

/** Three classes at each of two steps, all as likely but where the bias says otherwise. */
function learner(classWeight?: Readonly<Record<number, number>>) {
  const model = sequential({ layers: [layers.dense({ units: 3, inputShape: [2, 1], activation: 'softmax' })] });
  model.setWeights([tf.zeros([1, 3]), tf.tensor1d([0, 1, 0])]);
  return createLearner({
    model,
    optimizer: sgd(),
    loss: 'sparse_categorical_crossentropy',
    metrics: ['accuracy'],
    compile: false,
    ...(classWeight === undefined ? {} : { classWeight }),
  });
}

const batch = (labels: number[], shape: number[]): ValueBatch => ({
  kind: 'values',
  x: { data: new Float32Array(4), shape: [2, 2, 1] },
  y: { data: Int32Array.from(labels), shape: [2, ...shape] },
  epoch: 0,
  size: 2,
  seed: 0,
  cursor: { epoch: 0, position: 2 },
});

describe('class numbers of sequences', () => {
  const sum = Math.E + 2;

  it.each([[[2]], [[2, 1]]])('of shape %j count step by step', async shape => {
    const made = learner();
    const { loss, statistics } = await made.evaluate(batch([1, 0, 1, 1], shape));
    expect(loss).toBeCloseTo((3 * (Math.log(sum) - 1) + Math.log(sum)) / 4, 5);
    expect(made.metrics[1].result(statistics.slice(2))).toBeCloseTo(3 / 4, 6);
    await made.dispose();
  });

  it('have to be as many as there are steps', async () => {
    const made = learner();
    await expect(made.evaluate(batch([1, 0], [1]))).rejects.toThrow(LabelMismatchError);
    await expect(made.evaluate(batch([1, 0], [1]))).rejects.toThrow(/class numbers of shape \[2\]/);
    await made.dispose();
  });

  it('have no weight of one class', async () => {
    const made = learner({ 1: 2 });
    const step = made.step(batch([1, 0, 1, 1], [2]), { learningRate: 1, iterations: 0 });
    await expect(step).rejects.toThrow(/classWeight needs one class an example/);
    await made.dispose();
  });
});
