import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Batch } from '../../../src/data/batch.js';
import { fromArrays } from '../../../src/data/fromArrays.js';
import { InvalidArgumentError } from '../../../src/error/invalidArgumentError.js';
import { createLearner, type LearnerOptions } from '../../../src/learner/createLearner.js';
import { LabelMismatchError } from '../../../src/learner/labels.js';
import { lossFromConfig } from '../../../src/loss/lossFromConfig.js';
import { f1Score } from '../../../src/metrics/fBetaScore.js';
import { nativeOrNull } from '../../helpers/native.js';

const backends = (await nativeOrNull()) === null ? ['cpu'] : ['cpu', 'tensorflow'];
const info = { size: 2, epoch: 0, seed: 1, cursor: { epoch: 0, position: 2 } } as const;

const values = (labels: number[], width = 2): Batch => ({
  kind: 'values',
  x: { data: new Float32Array(2 * width), shape: [2, width] },
  y: { data: Float32Array.from(labels), shape: [2] },
  ...info,
});

function rows(labels: number[], width = 2): Batch {
  const x = { data: new Float32Array(labels.length * width), shape: [labels.length, width] };
  const y = { data: Float32Array.from(labels), shape: [labels.length] };
  return { kind: 'rows', source: fromArrays({ x, y, name: 'digits' }), rows: Int32Array.of(0, 1), ...info };
}

describe.each(backends)('data that do not fit the model, on %s', backend => {
  beforeAll(() => tf.setBackend(backend));
  afterAll(() => tf.setBackend('cpu'));

  async function attempt(
    batch: Batch,
    loss: LearnerOptions['loss'],
    metrics: LearnerOptions['metrics'] = [],
  ): Promise<void> {
    const model = sequential({ layers: [layers.dense({ units: 3, inputShape: [2], activation: 'softmax' })] });
    const learner = createLearner({ model, optimizer: 'sgd', loss, metrics });
    try {
      await learner.evaluate(batch);
      await learner.step(batch, { learningRate: 0.1, iterations: 0 });
    } finally {
      await learner.dispose();
    }
  }

  it('refuses a metric of another size than its statistics have, which would shift those of the others', async () => {
    const metrics = [f1Score({ classes: 4 }), 'accuracy'];
    await expect(attempt(rows([0, 1, 2, 2]), 'sparse_categorical_crossentropy', metrics)).rejects.toThrow(
      /The metric 'f1_score' gave statistics of shape \[9\], but its size is 12/,
    );
  });

  describe.each(['categorical_crossentropy', 'sparse_categorical_crossentropy'])('%s', loss => {
    it.each([3, -1, 0.5, Number.NaN])('refuses the class number %d', async label => {
      await expect(attempt(values([2, label]), loss)).rejects.toThrow(LabelMismatchError);
      await expect(attempt(values([2, label]), loss)).rejects.toThrow(
        new RegExp(`Row 1 of 'the batch' has the label ${label}, but .* 3 classes, counted from 0 to 2`),
      );
    });

    it('refuses a source with one wrong class number, wherever it is', async () => {
      await expect(attempt(rows([0, 1, 2, 3]), loss)).rejects.toThrow(/Row 3 of 'digits' has the label 3/);
    });

    it('takes all others', async () => {
      await expect(attempt(rows([0, 1, 2, 2]), loss)).resolves.toBeUndefined();
    });
  });

  it('takes the class that is to be ignored', async () => {
    const loss = lossFromConfig('SparseCategoricalCrossentropy', { ignore_class: -1 });
    await expect(attempt(values([2, -1]), loss)).resolves.toBeUndefined();
    await expect(attempt(values([2, -2]), loss)).rejects.toThrow(/has the label -2/);
  });

  it('refuses examples of another shape', async () => {
    const problem = /'digits' have shape \[5\], but the model 'sequential_?\d*' takes \[2\]/;
    await expect(attempt(rows([0, 1], 5), 'categorical_crossentropy')).rejects.toThrow(problem);
    await expect(attempt(values([0, 1], 5), 'categorical_crossentropy')).rejects.toThrow(InvalidArgumentError);
  });
});
