import { UnknownNameError } from '../../../src/error/unknownNameError.js';
import { type CosineDecayOptions, cosineDecay } from '../../../src/schedule/cosineDecay.js';
import { type CosineDecayRestartsOptions, cosineDecayRestarts } from '../../../src/schedule/cosineDecayRestarts.js';
import { type ExponentialDecayOptions, exponentialDecay } from '../../../src/schedule/exponentialDecay.js';
import { type InverseTimeDecayOptions, inverseTimeDecay } from '../../../src/schedule/inverseTimeDecay.js';
import { type OneCycleOptions, oneCycle } from '../../../src/schedule/oneCycle.js';
import { type PiecewiseConstantOptions, piecewiseConstant } from '../../../src/schedule/piecewiseConstant.js';
import { type PolynomialDecayOptions, polynomialDecay } from '../../../src/schedule/polynomialDecay.js';
import { resnetSchedule } from '../../../src/schedule/resnetSchedule.js';
import { camelCaseKeys } from '../camelCaseKeys.js';
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

type Options = Record<string, unknown>;

/** By Keras's class names; the options have Keras's names in camelCase. */
const schedules: Readonly<Record<string, (options: Options) => (step: number) => number>> = {
  CosineDecay: options => cosineDecay(options as unknown as CosineDecayOptions),
  CosineDecayRestarts: options => cosineDecayRestarts(options as unknown as CosineDecayRestartsOptions),
  ExponentialDecay: options => exponentialDecay(options as unknown as ExponentialDecayOptions),
  InverseTimeDecay: options => inverseTimeDecay(options as unknown as InverseTimeDecayOptions),
  PiecewiseConstantDecay: options => piecewiseConstant(options as unknown as PiecewiseConstantOptions),
  PolynomialDecay: options => polynomialDecay(options as unknown as PolynomialDecayOptions),
  OneCycle: ({ maxLr, ...options }) => oneCycle({ maxLearningRate: maxLr, ...options } as unknown as OneCycleOptions),
  resnet: () => resnetSchedule,
};

/** A learning-rate schedule of Keras or PyTorch, given by class name and parameters. */
export function scheduleFrom(name: string, parameters: Readonly<Record<string, unknown>>): (step: number) => number {
  if (!Object.hasOwn(schedules, name)) throw new UnknownNameError('schedule', name, Object.keys(schedules));
  return schedules[name](camelCaseKeys(parameters));
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
