import { statSync } from 'node:fs';
import { join } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { expect, it } from 'vitest';
import { saveModel } from '../../../src/saving/saveModel.js';
import { nativeOrNull } from '../../helpers/native.js';
import { temporaryFolder } from '../file/temporaryFolder.js';
import { openingMemory } from './openingMemory.js';

const native = await nativeOrNull();

it.skipIf(native === null || process.platform !== 'linux')(
  'opening a .h5 file of 100 MB takes at most twice its size, the first prediction included',
  async () => {
    const model = sequential();
    const kernelInitializer = 'zeros';
    model.add(layers.dense({ inputShape: [4096], units: 4096, kernelInitializer }));
    model.add(layers.dense({ units: 2000, kernelInitializer }));
    const file = join(temporaryFolder(), 'large.h5');
    await saveModel(model, file);
    model.dispose();
    const { size } = statSync(file);
    expect(size).toBeGreaterThan(99e6);
    const { opening, predicting } = await openingMemory(file);
    expect(opening / size).toBeLessThan(2);
    expect(predicting / size).toBeLessThan(2);
    // What is measured is there: the weights.
    expect(opening / size).toBeGreaterThan(0.9);
  },
);
