import { lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { batch } from '../../../operators/batch.js';
import { fakeLearner } from '../../../operators/testing/fakeLearner.js';
import { arraySource } from '../../../operators/testing/sources.js';
import { composedResnetRates, kerasResnetRates, type ResnetRates } from '../../../pipelines/recipes/resnetRates.js';
import { train } from '../../../pipelines/train.js';
import { resnetSchedule } from '../../../src/schedule/resnetSchedule.js';

/** Rates of the steps of epochs in which nothing gets better: the fake has learnt all it can from the beginning. */
async function rates({ learningRate, controllers }: ResnetRates): Promise<number[]> {
  const data = { source: arraySource({ size: 1 }), through: batch(1) };
  const learner = fakeLearner({
    learningRate: typeof learningRate === 'number' ? () => learningRate : learningRate,
  });
  const run$ = train({ learner, data, validation: data, epochs: 14, seed: 1, controllers });
  const events = await lastValueFrom(run$.pipe(toArray()));
  return events.flatMap(event => (event.type === 'step' ? [event.logs.learning_rate] : []));
}

describe('kerasResnetRates', () => {
  it('lets nothing of what the plateau has reduced reach a step, as in Keras', async () => {
    for (const rate of await rates(kerasResnetRates())) expect(rate).toBeCloseTo(1e-3, 9);
  });
});

describe('composedResnetRates', () => {
  it('lets what the plateau has reduced last', async () => {
    const all = await rates(composedResnetRates(1));
    expect(all[5]).toBeCloseTo(1e-3, 9);
    expect(all[6]).toBeCloseTo(1e-3 * Math.sqrt(0.1), 9);
    expect(all[13]).toBeCloseTo(1e-4, 9);
  });

  it("has Keras's schedule, epoch by epoch", () => {
    const { learningRate } = composedResnetRates(5);
    for (let epoch = 0; epoch < 200; epoch++) {
      for (const step of [5 * epoch, 5 * epoch + 4]) {
        expect(typeof learningRate === 'number' || learningRate(step)).toBe(resnetSchedule(epoch));
      }
    }
  });
});
