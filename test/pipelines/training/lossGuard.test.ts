import { expect, it } from 'vitest';
import { stepEvent } from '../../../operators/testing/events.js';
import { fakeLearner } from '../../../operators/testing/fakeLearner.js';
import { LossGuard } from '../../../pipelines/training/lossGuard.js';
import { NonFiniteLossError } from '../../../src/error/nonFiniteLossError.js';
import type { Directive } from '../../../src/event/directive.js';

const stop: Directive = { type: 'stop', by: 'a', reason: 'b' };

it.each([
  ['refuses a loss that is not finite', [[Number.NaN, []]], true],
  [
    'heeds a stop after a later step of the same call',
    [
      [Number.NaN, []],
      [1, [stop]],
    ],
    false,
  ],
  [
    'but none before it',
    [
      [1, [stop]],
      [Number.NaN, []],
    ],
    true,
  ],
  ['lets finite losses pass', [[1, []]], false],
] as [string, [number, Directive[]][], boolean][])('%s', async (_, steps, isRefused) => {
  const guard = new LossGuard(fakeLearner(), true, undefined);
  await guard.remember();
  for (const [loss, asked] of steps) guard.note(stepEvent(), loss, asked);
  if (isRefused) await expect(guard.refuse()).rejects.toThrow(NonFiniteLossError);
  else await guard.refuse();
});

it('takes note of nothing where it is off', async () => {
  const learner = fakeLearner();
  const guard = new LossGuard(learner, false, undefined);
  await guard.remember();
  guard.note(stepEvent(), Number.NaN, []);
  await guard.refuse();
  expect(learner.calls).toEqual([]);
});

it.each([
  ['a snapshot', false],
  ["the epoch's beginning, which came later", true],
])('goes back to the weights of %s', async (_, hasBegun) => {
  const learner = fakeLearner();
  const snapshot = [{ name: 'w', data: Float32Array.of(3), shape: [] }];
  const begun = (await learner.state()).weights;
  const guard = new LossGuard(learner, true, snapshot);
  if (hasBegun) await guard.remember();
  guard.note(stepEvent(), Number.NaN, []);
  await expect(guard.refuse()).rejects.toThrow(NonFiniteLossError);
  expect((await learner.state()).weights).toEqual(hasBegun ? begun : snapshot);
});
