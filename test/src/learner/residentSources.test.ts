import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it, vi } from 'vitest';
import { fromArrays } from '../../../src/data/fromArrays.js';
import type { ArraySource } from '../../../src/data/source.js';
import { SessionVariables } from '../../../src/graph/sessionVariables.js';
import { createLearner } from '../../../src/learner/createLearner.js';
import type { Learner } from '../../../src/learner/learner.js';
import { nativeOrNull } from '../../helpers/native.js';

const native = await nativeOrNull();
setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

const makeSource = (): ArraySource =>
  fromArrays({
    x: { data: new Float32Array(1000), shape: [500, 2] },
    y: { data: new Float32Array(500), shape: [500, 1] },
  });

async function trainOn(learner: Learner, source: ArraySource): Promise<void> {
  const info = { size: 2, epoch: 0, seed: 1, cursor: { epoch: 0, position: 2 } };
  const batch = { kind: 'rows', source, rows: Int32Array.of(0, 1), ...info } as const;
  for (let iterations = 0; iterations < 2; iterations++) await learner.step(batch, { learningRate: 0.1, iterations });
}

describe.skipIf(native === null)('a source in the session', () => {
  it('is put there once, and freed when nobody else holds it', async () => {
    const [resident, release] = [
      vi.spyOn(SessionVariables.prototype, 'resident'),
      vi.spyOn(SessionVariables.prototype, 'release'),
    ];
    const model = sequential({ layers: [layers.dense({ units: 1, inputShape: [2] })] });
    const learner = createLearner({ model, optimizer: 'sgd', loss: 'mse' });
    try {
      await trainOn(learner, makeSource());
      expect(resident).toHaveBeenCalledTimes(2);
      const kept = makeSource();
      await trainOn(learner, kept);
      await vi.waitFor(() => {
        collectGarbage();
        expect(release).toHaveBeenCalledTimes(1);
      });
      await trainOn(learner, kept);
      expect(resident).toHaveBeenCalledTimes(4);
    } finally {
      await learner.dispose();
      vi.restoreAllMocks();
    }
  });
});
