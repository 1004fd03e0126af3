import { scheduleFromConfig } from '../../../src/optimizer/scheduleFromConfig.js';
import { type OneCycleOptions, oneCycle } from '../../../src/schedule/oneCycle.js';
import { resnetSchedule } from '../../../src/schedule/resnetSchedule.js';
import { camelCaseKeys } from '../../../src/text/camelCaseKeys.js';
import { compareNumbers } from '../comparison.js';
import type { Runner } from '../runner.js';

interface Given {
  readonly schedule: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly steps: readonly number[];
}

interface Expect {
  readonly rates: readonly number[];
}

/** What isn't a class of Keras: the function of its ResNet example, and PyTorch's one-cycle. */
function scheduleFrom(name: string, parameters: Readonly<Record<string, unknown>>): (step: number) => number {
  if (name === 'resnet') return resnetSchedule;
  if (name !== 'OneCycle') return scheduleFromConfig(name, parameters);
  const { maxLr, ...options } = camelCaseKeys(parameters);
  return oneCycle({ maxLearningRate: maxLr, ...options } as unknown as OneCycleOptions);
}

/** Kind `schedule`: the rate at each of the given steps. */
export const schedule: Runner = ({ given, expect, tolerance }) => {
  const { schedule, parameters, steps } = given as Given;
  const rate = scheduleFrom(schedule, parameters);
  return [
    compareNumbers(
      'rates',
      steps.map(step => rate(step)),
      (expect as Expect).rates,
      tolerance,
    ),
  ];
};
