import { layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { expectNoLeaks } from '../../../operators/testing/expectNoLeaks.js';
import type { ValueBatch } from '../../../src/data/batch.js';
import { openSessions } from '../../../src/graph/session.js';
import { CompiledEngine } from '../../../src/learner/compiledEngine.js';
import { headsOf } from '../../../src/learner/headsOf.js';
import type { LearnerWarning } from '../../../src/learner/learner.js';
import { ModelProgram } from '../../../src/learner/modelProgram.js';
import { initializeWeights } from '../../../src/model/initializeWeights.js';
import { adam } from '../../../src/optimizer/adam.js';
import { nativeOrNull } from '../../helpers/native.js';

const native = await nativeOrNull();

function batchOf(size: number): ValueBatch {
  return {
    kind: 'values',
    x: { data: Float32Array.from({ length: size * 3 }, (_, i) => Math.sin(i)), shape: [size, 3] },
    y: { data: Float32Array.from({ length: size }, (_, i) => Math.cos(i)), shape: [size, 1] },
    size,
    epoch: 0,
    seed: 1,
    cursor: { epoch: 0, position: 0 },
  };
}

/** Losses of steps and evaluations of ever new shapes, and what was told. */
async function ofManyShapes(maxOperations?: number) {
  const model = sequential({ layers: [layers.dense({ units: 4, inputShape: [3] }), layers.dense({ units: 1 })] });
  initializeWeights(model, 1);
  const heads = headsOf(model, { loss: 'mse', metrics: ['mae'] });
  const program = new ModelProgram({ model, optimizer: adam(), heads, classWeight: undefined });
  const warnings: LearnerWarning[] = [];
  const engine = new CompiledEngine(native as NonNullable<typeof native>, program, {
    dtypePolicy: 'float32',
    shards: 1,
    warn: warning => warnings.push(warning),
    ...(maxOperations !== undefined && { maxOperations }),
  });
  const losses: number[] = [];
  for (const [iterations, size] of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2].entries()) {
    const batch = batchOf(size);
    const steps = [{ batch, iterations, learningRate: 0.1 }];
    losses.push(...(await engine.train(steps)).map(result => result[0]), (await engine.evaluate(batch))[0]);
    expect(openSessions()).toBe(1);
  }
  const weights = await engine.read();
  await engine.dispose();
  program.dispose();
  model.dispose();
  return { losses, weights, codes: warnings.map(({ code }) => code) };
}

describe.skipIf(native === null)('CompiledEngine', () => {
  it('begins a graph anew where steps of too many shapes fill it, with the same results', async () => {
    await expectNoLeaks(async () => {
      const [whole, renewed] = [await ofManyShapes(), await ofManyShapes(500)];
      expect(renewed.losses).toEqual(whole.losses);
      expect(renewed.weights).toEqual(whole.weights);
      expect(whole.codes).toEqual([]);
      expect(new Set(renewed.codes)).toEqual(new Set(['many-shapes']));
      expect(renewed.codes.length).toBeLessThan(6);
    });
  });

  it('keeps the few functions that any model needs, however large they are', async () => {
    const model = sequential({ layers: [layers.dense({ units: 1, inputShape: [3] })] });
    const heads = headsOf(model, { loss: 'mse' });
    const program = new ModelProgram({ model, optimizer: adam(), heads, classWeight: undefined });
    const warn = (): never => {
      throw new Error('the graph is begun anew');
    };
    const options = { dtypePolicy: 'float32', shards: 1, warn, maxOperations: 1 } as const;
    const engine = new CompiledEngine(native as NonNullable<typeof native>, program, options);
    for (const [iterations, size] of [4, 3, 2, 4, 3, 2].entries()) {
      await engine.train([{ batch: batchOf(size), iterations, learningRate: 0.1 }]);
      await engine.evaluate(batchOf(size));
    }
    await engine.dispose();
    program.dispose();
    model.dispose();
  });
});
