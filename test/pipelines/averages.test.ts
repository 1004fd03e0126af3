import { layers, sequential } from '@tensorflow/tfjs-layers';
import { lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { batch } from '../../operators/batch.js';
import { train } from '../../pipelines/train.js';
import { fromArrays } from '../../src/data/fromArrays.js';
import { createLearner } from '../../src/learner/createLearner.js';
import { initializeWeights } from '../../src/model/initializeWeights.js';
import { adam } from '../../src/optimizer/adam.js';
import { swapEma } from '../../src/policy/swapEma.js';
import { nativeOrNull } from '../helpers/native.js';

const native = await nativeOrNull();
const source = fromArrays({
  x: { data: Float32Array.from({ length: 64 }, (_, i) => Math.sin(i)), shape: [32, 2] },
  y: { data: Float32Array.from({ length: 32 }, (_, i) => Math.cos(i)), shape: [32] },
});
const data = { source, through: batch(8) };

describe.skipIf(native === null)('swapEma', () => {
  const run = async (controllers: ReturnType<typeof swapEma>[]) => {
    const model = sequential({ layers: [layers.dense({ units: 1, inputShape: [2] })] });
    initializeWeights(model, 1);
    const optimizer = adam({ learningRate: 0.1, useEma: true, emaMomentum: 0.9 });
    const learner = createLearner({ model, optimizer, loss: 'mse' });
    const events = await lastValueFrom(
      train({ learner, data, validation: data, epochs: 2, seed: 1, controllers }).pipe(toArray()),
    );
    const losses = events.flatMap(event => (event.type === 'epochEnd' ? [event.logs.val_loss] : []));
    const { weights } = await learner.state();
    await learner.dispose();
    return { losses, weights };
  };

  it('validates with the moving averages, and trains on with the weights', async () => {
    const [plain, averaged] = [await run([]), await run([swapEma()])];
    expect(averaged.losses).not.toEqual(plain.losses);
    expect(averaged.losses.every(Number.isFinite)).toBe(true);
    // In both the run ends with the averages in the model, as Keras's fit does.
    expect(averaged.weights.map(({ data: values }) => [...values])).toEqual(
      plain.weights.map(({ data: values }) => [...values]),
    );
  });
});
