import { UnknownNameError } from '../../../src/error/unknownNameError.js';
import type { Logs } from '../../../src/event/trainEvent.js';
import { learningRateSchedule } from '../../../src/policy/learningRateSchedule.js';
import type { Policy } from '../../../src/policy/policy.js';
import { resnetSchedule } from '../../../src/schedule/resnetSchedule.js';
import { compareEqual, compareNumbers } from '../comparison.js';
import { drive } from '../drive.js';
import { checkpointFrom, type KerasOptions, plateauFrom } from '../policyFrom.js';
import type { Runner } from '../runner.js';
import { savesOf } from '../savesOf.js';

interface Given {
  readonly order: readonly string[];
  readonly initial_rate: number;
  /** Null, `resnet`, or `times <factor>`. */
  readonly schedule: string | null;
  readonly plateau: KerasOptions;
  readonly checkpoint: KerasOptions;
  readonly logs: readonly Logs[];
}

interface Expect {
  readonly rates_during_epoch: readonly number[];
  readonly rates_after_epoch: readonly number[];
  readonly saves: readonly { readonly epoch: number; readonly file: string }[];
}

/** Kind `combined`: checkpoint, plateau and schedule in one run, as in Keras's ResNet example. */
export const combined: Runner = ({ given, expect, tolerance }) => {
  const { order, initial_rate: initialRate, logs, ...options } = given as Given;
  const expected = expect as Expect;
  const policies = order.map(name => policyFrom(name, options));
  const driven = drive({ policies, epochs: logs, initialRate });
  const saves = savesOf(driven).map(({ epoch, file }) => ({ epoch, file }));
  return [
    compareNumbers('rates_during_epoch', driven.ratesDuringEpoch, expected.rates_during_epoch, tolerance),
    compareNumbers('rates_after_epoch', driven.ratesAfterEpoch, expected.rates_after_epoch, tolerance),
    compareEqual('saves', saves, expected.saves),
  ];
};

function policyFrom(name: string, given: Pick<Given, 'schedule' | 'plateau' | 'checkpoint'>): Policy {
  switch (name) {
    case 'checkpoint':
      return checkpointFrom(given.checkpoint);
    case 'plateau':
      return plateauFrom(given.plateau);
    case 'schedule':
      return learningRateSchedule(scheduleFrom(given.schedule));
    default:
      throw new UnknownNameError('callback', name, ['checkpoint', 'plateau', 'schedule']);
  }
}

function scheduleFrom(name: string | null): (epoch: number, rate: number) => number {
  if (name === 'resnet') return resnetSchedule;
  const factor = /^times (?<factor>[\d.e+-]+)$/.exec(name ?? '')?.groups?.factor;
  if (factor === undefined) throw new UnknownNameError('schedule', String(name), ['resnet', 'times <factor>']);
  return (_, rate) => rate * Number(factor);
}
