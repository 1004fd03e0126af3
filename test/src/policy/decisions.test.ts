import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drive } from '../../../pipelines/golden/drive.js';
import { NonFiniteLossError } from '../../../src/error/nonFiniteLossError.js';
import type { Directive } from '../../../src/event/directive.js';
import type { TrainEvent } from '../../../src/event/trainEvent.js';
import { earlyStopping } from '../../../src/policy/earlyStopping.js';
import { foldPolicies, initialStates } from '../../../src/policy/foldPolicies.js';
import { lambda } from '../../../src/policy/lambda.js';
import { learningRateSchedule } from '../../../src/policy/learningRateSchedule.js';
import { type PlateauOptions, reduceLearningRateOnPlateau } from '../../../src/policy/reduceLearningRateOnPlateau.js';
import { swapEma } from '../../../src/policy/swapEma.js';
import { terminateOnNonFinite } from '../../../src/policy/terminateOnNonFinite.js';
import { timeLimit } from '../../../src/policy/timeLimit.js';
import { decisions } from './decisions.js';
import { runEvents, runStart } from './runEvents.js';

const types = (asked: readonly (readonly Directive[])[]): string[] => asked.flat().map(({ type }) => type);

describe('earlyStopping', () => {
  it('asks to remember each improvement, to stop, and to restore at the end', () => {
    const asked = decisions(earlyStopping({ patience: 2, restoreBestWeights: true }), runEvents([3, 2, 4, 4]));
    expect(types(asked)).toEqual(['remember', 'remember', 'stop', 'restore']);
    const weights = 'earlyStopping(val_loss)';
    expect(asked.flat().filter(({ type }) => type === 'remember' || type === 'restore')).toEqual([
      { type: 'remember', by: weights, weights },
      { type: 'remember', by: weights, weights },
      { type: 'restore', by: weights, weights },
    ]);
  });

  it('restores at the end of a run that it did not stop', () => {
    expect(types(decisions(earlyStopping({ patience: 9, restoreBestWeights: true }), runEvents([1, 2])))).toEqual([
      'remember',
      'restore',
    ]);
  });

  it('never stops at the first epoch, and always has weights to restore, whatever state it was given', () => {
    const policy = earlyStopping({ restoreBestWeights: true });
    const [first, second] = runEvents([2, 2]).filter(({ type }) => type === 'epochEnd');
    const [state, asked] = policy.update({ best: 1, wait: 5, remembers: false }, first);
    expect(asked.map(({ type }) => type)).toEqual(['remember']);
    expect(policy.update(state, second)[1].map(({ type }) => type)).toEqual(['stop']);
  });

  it('waits on after an improvement that does not reach the baseline', () => {
    const policy = () => earlyStopping({ patience: 2, baseline: 0.5 });
    expect(types(decisions(policy(), runEvents([3, 2, 1, 1])))).toEqual(['stop']);
    expect(types(decisions(policy(), runEvents([3, 2, 0.4, 0.4])))).toEqual([]);
  });

  it('never asks to restore what was not remembered', () => {
    const policy = earlyStopping({ restoreBestWeights: true, startFromEpoch: 5 });
    expect(types(decisions(policy, runEvents([1, 2])))).toEqual([]);
  });

  it('compares in float32, as Keras does: a change below its precision is no improvement', () => {
    expect(types(decisions(earlyStopping(), runEvents([0.5, 0.5 - 1e-9])))).toEqual(['stop']);
    expect(types(decisions(earlyStopping(), runEvents([0.5, 0.5 - 1e-7])))).toEqual([]);
  });
});

describe('reduceLearningRateOnPlateau', () => {
  it('scales the schedule, bounded below, unless it is told to overwrite the rate', () => {
    const options = { patience: 1, factor: 0.5, minLearningRate: 0.001 };
    expect(decisions(reduceLearningRateOnPlateau(options), runEvents([1, 1])).flat()).toEqual([
      { type: 'scaleLearningRate', by: 'reduceLearningRateOnPlateau(val_loss)', factor: 0.5, atLeast: 0.001 },
    ]);
    const overwriting = reduceLearningRateOnPlateau({ ...options, apply: 'overwrite' });
    expect(decisions(overwriting, runEvents([1, 1], 0.5)).flat()).toEqual([
      { type: 'setLearningRate', by: 'reduceLearningRateOnPlateau(val_loss)', value: 0.25 },
    ]);
  });

  it('counts nothing during the cooldown, and does not begin one at the minimum', () => {
    const epochs = (options: PlateauOptions, values: readonly number[]) =>
      decisions(
        reduceLearningRateOnPlateau(options),
        runEvents(values).filter(({ type }) => type === 'epochEnd'),
      ).flatMap((asked, epoch) => asked.map(() => epoch));
    expect(epochs({ patience: 2 }, Array(8).fill(1))).toEqual([2, 4, 6]);
    expect(epochs({ patience: 2, cooldown: 2 }, Array(8).fill(1))).toEqual([2, 5]);
    expect(epochs({ patience: 2, minLearningRate: 0.01 }, Array(8).fill(1))).toEqual([]);
  });

  it('gives the same rates either way where there is no schedule', () => {
    const values = fc.array(fc.constantFrom(0, 1, -1, 0.5, Number.NaN), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(
        values,
        fc.nat(3),
        fc.nat(3),
        fc.constantFrom(0, 1e-4, 2e-3),
        (metric, patience, cooldown, minimum) => {
          const [scaled, overwritten] = (['scale', 'overwrite'] as const).map(apply => {
            const policy = reduceLearningRateOnPlateau({ patience, cooldown, apply, minLearningRate: minimum });
            return drive({ policies: [policy], epochs: metric.map(value => ({ val_loss: value })) }).ratesAfterEpoch;
          });
          scaled.forEach((rate, i) => {
            expect(Math.abs(rate - overwritten[i])).toBeLessThanOrEqual(1e-6 * rate);
          });
        },
      ),
    );
  });

  it('says so where the logs have no rate', () => {
    const events = runEvents([1, 1, 1]).map(event =>
      event.type === 'epochEnd' ? { ...event, logs: { val_loss: 1 } } : event,
    );
    expect(() => decisions(reduceLearningRateOnPlateau({ patience: 1 }), events)).toThrow(/no learning_rate/);
  });
});

describe('learningRateSchedule', () => {
  it('sets the rate at the beginning of each epoch, from the epoch and the present rate', () => {
    const policy = learningRateSchedule((epoch, rate) => rate + epoch);
    expect(decisions(policy, runEvents([1, 1], 0.5)).flat()).toEqual([
      { type: 'setLearningRate', by: 'learningRateSchedule', value: 0.5 },
      { type: 'setLearningRate', by: 'learningRateSchedule', value: 1.5 },
    ]);
  });

  it('beats a plateau at the next epoch', () => {
    const policies = [
      reduceLearningRateOnPlateau({ patience: 1, factor: 0.5, apply: 'overwrite' }),
      learningRateSchedule(() => 0.25),
    ];
    const { ratesDuringEpoch, ratesAfterEpoch } = drive({ policies, epochs: Array(3).fill({ val_loss: 1 }) });
    expect(ratesDuringEpoch).toEqual([0.25, 0.25, 0.25]);
    expect(ratesAfterEpoch).toEqual([0.25, 0.125, 0.125]);
  });
});

describe('terminateOnNonFinite', () => {
  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('stops at a loss of %d', loss => {
    const asked = decisions(terminateOnNonFinite(), runEvents([1, loss]));
    expect(asked.findIndex(directives => directives.length > 0)).toBe(7);
    expect(asked[7]).toEqual([{ type: 'stop', by: 'terminateOnNonFinite', reason: 'non-finite loss' }]);
  });

  it('fails instead where it is told to', () => {
    const events = runEvents([1, Number.NaN]);
    expect(() => decisions(terminateOnNonFinite({ raiseError: true }), events)).toThrow(NonFiniteLossError);
    expect(() => decisions(terminateOnNonFinite({ raiseError: true }), events)).toThrow(/NaN at step 0 of epoch 1/);
  });
});

describe('timeLimit', () => {
  it('stops once, at the first event after the time', () => {
    const asked = decisions(timeLimit(4500), runEvents([1, 1, 1]));
    expect(asked.flatMap((directives, i) => directives.map(() => i))).toEqual([5]);
  });

  it('that passes where nobody is asked is heard at the next barrier', () => {
    const [start, epochStart, step, ...rest] = runEvents([1]);
    const place = { epoch: 0, iterations: 1 };
    const saved: TrainEvent = { type: 'checkpoint', time: 5000, file: 'a.h5', ...place };
    const resumed: TrainEvent = {
      ...runStart,
      time: 6000,
      resumedFrom: { epoch: 0, step: 1, events: 3, iterations: 1 },
    };
    const later = rest.map(event => ({ ...event, time: event.time + 5000 }));
    const asked = decisions(timeLimit(3500), [start, epochStart, step, saved, resumed, ...later]);
    expect(asked.flatMap((directives, i) => directives.map(() => i))).toEqual([5]);
  });

  it('stops a run again that has been given more time since', () => {
    const policy = timeLimit(20_000);
    const first = runEvents([1, 1]);
    let state = timeLimit(2500).init();
    for (const event of first) [state] = timeLimit(2500).update(state, event);
    expect(state.stopped).toBe(true);
    const asked = runEvents([1, 1, 1, 1]).map(event => {
      const [next, directives] = policy.update(state, event);
      state = next;
      return directives.length;
    });
    expect(asked.filter(length => length > 0)).toEqual([1]);
  });

  it('does not count the pause before a resume', () => {
    const late = runEvents([1, 1, 1]).map(event => ({ ...event, time: event.time + 1e9 }));
    const asked = decisions(timeLimit(20_000), [...runEvents([1]), ...late]);
    expect(asked.flat()).toHaveLength(1);
    expect(asked.findIndex(directives => directives.length > 0)).toBe(7 + 14);
  });
});

describe('lambda and swapEma', () => {
  it('hand on what a hook returns', () => {
    const stop: Directive = { type: 'stop', by: 'mine', reason: 'enough' };
    const policy = lambda({ validation: ({ logs }) => (logs.val_loss < 1 ? [stop] : undefined) }, { key: 'mine' });
    expect(decisions(policy, runEvents([2, 0.5])).flat()).toEqual([stop]);
  });

  it("say at the run's start which weights to look at", () => {
    expect(decisions(swapEma({ swapOnEpoch: true }), runEvents([1])).flat()).toEqual([
      { type: 'useAverages', by: 'swapEma', checkpoints: true },
    ]);
  });
});

describe('foldPolicies', () => {
  const everything = lambda(
    {
      epochEnd: () => [
        { type: 'stop', by: 'a', reason: '' },
        { type: 'restore', by: 'a', weights: 'w' },
        { type: 'scaleLearningRate', by: 'a', factor: 0.5 },
        { type: 'useAverages', by: 'a', checkpoints: false },
      ],
    },
    { key: 'a' },
  );
  const more = lambda(
    {
      epochEnd: () => [
        { type: 'setLearningRate', by: 'b', value: 1 },
        { type: 'remember', by: 'b', weights: 'w' },
        { type: 'saveCheckpoint', by: 'b' },
      ],
    },
    { key: 'b' },
  );

  it('gives directives in the documented order, equals as the controllers stand', () => {
    const [, , , , , epochEnd] = runEvents([1]);
    const [, asked] = foldPolicies([everything, more], initialStates([everything, more]), epochEnd);
    expect(asked.map(({ type }) => type)).toEqual([
      'saveCheckpoint',
      'remember',
      'useAverages',
      'scaleLearningRate',
      'setLearningRate',
      'restore',
      'stop',
    ]);
  });

  it('begins a policy without a state with its initial one', () => {
    const [states] = foldPolicies([earlyStopping()], {}, runStart);
    expect(states).toEqual({ 'earlyStopping(val_loss)': { best: null, wait: 0, remembers: false } });
  });
});
