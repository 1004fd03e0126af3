import { layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import type { Batch } from '../../../src/data/batch.js';
import { createLearner } from '../../../src/learner/createLearner.js';
import { lossByName } from '../../../src/loss/lossByName.js';
import { metricByName } from '../../../src/metrics/metricByName.js';
import { initializeWeights } from '../../../src/model/initializeWeights.js';
import { nativeOrNull } from '../../helpers/native.js';

const metrics: [name: string, options?: Record<string, unknown>][] = [
  ['accuracy'],
  ['top_k_categorical_accuracy', { k: 2 }],
  ['precision', { topK: 2, classId: 1 }],
  ['recall'],
  ['auc'],
  ['auc', { multiLabel: true, curve: 'PRGAIN' }],
  ['sensitivity_at_specificity', { specificity: 0.5 }],
  ['specificity_at_sensitivity', { sensitivity: 0.5 }],
  ['precision_at_recall', { recall: 0.5 }],
  ['recall_at_precision', { precision: 0.5 }],
  ['one_hot_mean_io_u', { numClasses: 3, ignoreClass: 2 }],
  ['mean_io_u', { numClasses: 3, sparseYPred: false }],
  ['confusion_matrix'],
  ['f1_score'],
  ['r2_score', { numRegressors: 1 }],
  ['pearson_correlation'],
  ['concordance_correlation'],
  ['cosine_similarity'],
  ['root_mean_squared_error'],
  ['categorical_focal_crossentropy'],
];

const batch: Batch = {
  kind: 'values',
  x: { data: Float32Array.from({ length: 24 }, (_, i) => Math.sin(i * i)), shape: [6, 4] },
  y: { data: Int32Array.of(0, 1, 2, 1, 0, 2), shape: [6] },
  sampleWeight: Float32Array.of(1, 2, 1, 3, 1, 0.5),
  epoch: 0,
  size: 6,
  seed: 1,
  cursor: { epoch: 0, position: 6 },
};

async function evaluate(compile: boolean): Promise<number[]> {
  const model = sequential({ layers: [layers.dense({ units: 3, activation: 'softmax', inputShape: [4] })] });
  initializeWeights(model, 2);
  const context = { loss: lossByName('categorical_crossentropy'), outputShape: [3] };
  const weightedMetrics = metrics.map(([name, options = {}]) => metricByName(name, options, context));
  const learner = createLearner({ model, optimizer: 'sgd', loss: context.loss, weightedMetrics, compile });
  const { statistics } = await learner.evaluate(batch);
  expect(learner.compiled).toBe(compile);
  await learner.dispose();
  model.dispose();
  return Array.from(statistics);
}

const native = await nativeOrNull();

describe.skipIf(native === null)('metrics', () => {
  it('count the same compiled and eager', async () => {
    const [compiled, eager] = [await evaluate(true), await evaluate(false)];
    expect(compiled).toHaveLength(eager.length);
    for (const [i, value] of eager.entries()) expect(compiled[i]).toBeCloseTo(value, 4);
  });
});
