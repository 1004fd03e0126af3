import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLearner } from '../../src/learner/createLearner.js';
import { initializeWeights } from '../../src/model/initializeWeights.js';
import { resnet } from '../../src/model/resnet.js';
import { adam } from '../../src/optimizer/adam.js';
import { optimizerConfigOf } from '../../src/saving/keras/optimizerConfigOf.js';
import { saveModel } from '../../src/saving/saveModel.js';
import { nativeOrNull } from '../helpers/native.js';
import { openingMemory } from '../src/saving/openingMemory.js';
import { kerasPython, kerasSide } from './kerasPython.js';
import { largestDifference } from './oneStep.js';

const native = await nativeOrNull();

let python: string;
let folder: string;

beforeAll(async () => {
  python = await kerasPython();
  folder = mkdtempSync(join(tmpdir(), 'gradstream-keras-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The built package is measured. */
describe.skipIf(native === null || process.platform !== 'linux')('a file of 100 MB that Keras wrote', () => {
  beforeAll(() => kerasSide(python, 'make', folder, 'keras_large.py'));

  it.each(['large.h5', 'large.keras'])(
    '%s is opened, and predicts, in at most twice its size of memory',
    async name => {
      const { size } = statSync(join(folder, name));
      const { opening, predicting } = await openingMemory(join(folder, name));
      console.log(
        `${name}: ${(opening / size).toFixed(2)}, with a prediction ${(predicting / size).toFixed(2)} times ${size} bytes`,
      );
      expect(size).toBeGreaterThan(99e6);
      expect(opening / size).toBeLessThan(2);
      expect(predicting / size).toBeLessThan(2);
    },
  );
});

it.skipIf(native === null)(
  'ResNet-1001 v2 is built and takes a step within 3 minutes, and Keras opens it with the same predictions',
  async () => {
    const rows = 4;
    const start = performance.now();
    const seconds = (): number => (performance.now() - start) / 1000;
    const model = resnet({ n: 111, version: 2 });
    initializeWeights(model, 1);
    const loss = 'categorical_crossentropy';
    const learner = createLearner({ model, optimizer: adam(), loss, metrics: ['accuracy'] });
    const x = { data: Float32Array.from({ length: rows * 3072 }, (_, i) => Math.sin(i * i)), shape: [rows, 32, 32, 3] };
    const y = { data: Float32Array.from({ length: rows * 10 }, (_, i) => Number(i % 11 === 0)), shape: [rows, 10] };
    const batch = {
      kind: 'values',
      x,
      y,
      epoch: 0,
      size: rows,
      seed: 1,
      cursor: { epoch: 0, position: rows },
    } as const;
    const result = await learner.step(batch, { learningRate: 1e-3, iterations: 0 });
    const firstStep = seconds();
    expect(result.loss).toBeGreaterThan(0);
    expect.soft(firstStep).toBeLessThan(180);

    const file = join(folder, 'deep.h5');
    await saveModel(model, file, {
      learnerState: await learner.state(),
      iterations: 1,
      loss,
      optimizer: optimizerConfigOf(adam()),
    });
    writeFileSync(join(folder, 'deep.x.f32'), x.data);
    const predictions = await learner.predict(x);
    await learner.dispose();
    const saved = seconds();
    console.log(`first step after ${firstStep.toFixed(0)} s, saved after ${saved.toFixed(0)} s`);
    const report = JSON.parse(await kerasSide(python, 'predict', folder, 'keras_large.py'));
    console.log(`opened by Keras after ${seconds().toFixed(0)} s`, report, `${statSync(file).size} bytes`);
    // One kernel in each stack is on its short cut.
    expect(report.kernels - 3).toBe(1001);
    expect(report.attributes).toBeGreaterThan(1);
    const bytes = readFileSync(join(folder, 'deep.predictions.f32'));
    const expected = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
    const difference = largestDifference(predictions.data, expected);
    console.log('largest difference', difference);
    expect(difference).toBeLessThan(1e-5);
  },
  1_200_000,
);
