import { expect, it } from 'vitest';
import { showPredictions } from '../../../pipelines/recipes/showPredictions.js';
import { fromArrays } from '../../../src/data/fromArrays.js';
import type { Learner } from '../../../src/learner/learner.js';

it('says what a picture is taken for, how surely, and what it is', async () => {
  const source = fromArrays({
    x: { data: Uint8Array.of(10, 20), shape: [2, 1] },
    y: [1, 0],
    classNames: ['cat', 'automobile'],
    scaling: { scale: 0.1 },
  });
  const seen: unknown[] = [];
  const learner = {
    predict: async x => {
      seen.push(x);
      return { data: Float32Array.of(0.1, 0.9, 0.4, 0.6), shape: [2, 2] };
    },
  } as Partial<Learner> as Learner;
  expect(await showPredictions(learner, source)).toEqual([
    'Predictions:',
    '  test image 0: automobile  90 %  right',
    '  test image 1: automobile  60 %  wrong: cat',
  ]);
  expect(seen).toEqual([{ data: Float32Array.of(1, 2), shape: [2, 1] }]);
});
