import { layers, sequential } from '@tensorflow/tfjs-layers';
import { lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { batch } from '../../operators/batch.js';
import { train } from '../../pipelines/train.js';
import type { Controller } from '../../pipelines/training/controllers.js';
import { fromArrays } from '../../src/data/fromArrays.js';
import { createLearner } from '../../src/learner/createLearner.js';
import { initializeWeights } from '../../src/model/initializeWeights.js';
import { adam } from '../../src/optimizer/adam.js';
import { checkpoint } from '../../src/policy/checkpoint.js';
import { earlyStopping } from '../../src/policy/earlyStopping.js';
import { swapEma } from '../../src/policy/swapEma.js';
import { nativeOrNull } from '../helpers/native.js';

const native = await nativeOrNull();
const source = fromArrays({
  x: { data: Float32Array.from({ length: 64 }, (_, i) => Math.sin(i)), shape: [32, 2] },
  y: { data: Float32Array.from({ length: 32 }, (_, i) => Math.cos(i)), shape: [32] },
});
const data = { source, through: batch(8) };

describe.skipIf(native === null)('swapEma', () => {
  const run = async (controllers: Controller[]) => {
    const model = sequential({ layers: [layers.dense({ units: 1, inputShape: [2] })] });
    initializeWeights(model, 1);
    const optimizer = adam({ learningRate: 0.1, useEma: true, emaMomentum: 0.9 });
    const learner = createLearner({ model, optimizer, loss: 'mse' });
    const weightsOf = async () => (await learner.state()).weights.map(({ data: values }) => [...values]);
    const saved: Record<string, number[][]> = {};
    const saveModel = async (file: string) => {
      saved[file] = await weightsOf();
    };
    const events = await lastValueFrom(
      train({ learner, data, validation: data, epochs: 2, seed: 1, controllers, saveModel }).pipe(toArray()),
    );
    const losses = events.flatMap(event => (event.type === 'epochEnd' ? [event.logs.val_loss] : []));
    const weights = await weightsOf();
    await learner.dispose();
    return { losses, saved, weights };
  };

  it('validates with the moving averages, and trains on with the weights', async () => {
    const [plain, averaged] = [await run([]), await run([swapEma()])];
    expect(averaged.losses).not.toEqual(plain.losses);
    expect(averaged.losses.every(Number.isFinite)).toBe(true);
    // In both the run ends with the averages in the model, as Keras's fit does.
    expect(averaged.weights).toEqual(plain.weights);
  });

  const saving = () => [checkpoint('{epoch}.keras'), checkpoint('{epoch}-{batch}.keras', { saveFreq: 1 })];

  it("saves the averages at an epoch's end, where it is asked to, and the weights after a step", async () => {
    const [plain, averaged] = [await run(saving()), await run([swapEma({ swapOnEpoch: true }), ...saving()])];
    expect(plain.saved['2.keras']).toEqual(plain.saved['2-4.keras']);
    expect(averaged.saved['2-4.keras']).toEqual(plain.saved['2-4.keras']);
    expect(averaged.saved['2.keras']).toEqual(plain.weights);
  });

  it('remembers for the end what was validated', async () => {
    const best = () => earlyStopping({ restoreBestWeights: true, patience: 2 });
    const { losses, saved, weights } = await run([swapEma({ swapOnEpoch: true }), best(), ...saving()]);
    const epoch = losses.indexOf(Math.min(...losses)) + 1;
    expect(weights).toEqual(saved[`${epoch}.keras`]);
    const trained = await run([swapEma(), best(), ...saving()]);
    expect(trained.weights).toEqual(saved[`${epoch}-4.keras`]);
  });
});
