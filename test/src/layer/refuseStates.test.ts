import { layers, sequential } from '@tensorflow/tfjs-layers';
import { expect, it } from 'vitest';
import type { ValueBatch } from '../../../src/data/batch.js';
import { createLearner } from '../../../src/learner/createLearner.js';
import { initializeWeights } from '../../../src/model/initializeWeights.js';
import { nativeOrNull } from '../../helpers/native.js';

const native = await nativeOrNull();

const batch: ValueBatch = {
  kind: 'values',
  x: { data: Float32Array.from({ length: 24 }, (_, i) => Math.sin(i)), shape: [2, 4, 3] },
  y: { data: Float32Array.of(1, 2), shape: [2, 1] },
  epoch: 0,
  size: 2,
  seed: 1,
  cursor: { epoch: 0, position: 2 },
};

async function train(make: typeof layers.lstm, compile: boolean) {
  const recurrent = make({ units: 3, stateful: true, batchInputShape: [2, 4, 3] });
  const model = sequential({ layers: [recurrent, layers.dense({ units: 1 })] });
  initializeWeights(model, 3);
  const learner = createLearner({ model, optimizer: 'sgd', loss: 'mse', compile });
  const { data: before } = await learner.predict(batch.x);
  const losses: number[] = [];
  const warnings: string[] = [];
  for (let i = 0; i < 3; i++) {
    const result = await learner.step(batch, { learningRate: 0.1, iterations: i });
    losses.push(result.loss);
    warnings.push(...(result.warnings ?? []).map(({ message }) => message));
  }
  const { compiled } = learner;
  await learner.dispose();
  model.dispose();
  return { results: [before, losses], warnings, compiled };
}

it.skipIf(native === null).each([layers.lstm, layers.gru, layers.simpleRNN] as (typeof layers.lstm)[])(
  'a learner goes on eagerly where a layer keeps its state (%o)',
  async make => {
    const [learner, eager] = [await train(make, true), await train(make, false)];
    expect(learner.compiled).toBe(false);
    expect(learner.warnings).toEqual([expect.stringMatching(/the layer '.*' keeps its state for the next batch/)]);
    expect(learner.results).toEqual(eager.results);
    expect(eager.warnings).toEqual([]);
  },
);
