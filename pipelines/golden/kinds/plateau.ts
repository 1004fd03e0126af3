import { compareNumbers } from '../comparison.js';
import { drive } from '../drive.js';
import { type KerasOptions, plateauFrom } from '../policyFrom.js';
import type { Runner } from '../runner.js';

interface Given {
  readonly options: KerasOptions;
  readonly initial_rate: number;
  readonly values: readonly number[];
}

interface Expect {
  readonly rates: readonly number[];
  readonly logged: readonly number[];
}

/** Kind `plateau`: the learning rates that ReduceLROnPlateau makes of a metric's values. */
export const plateau: Runner = ({ given, expect, tolerance }) => {
  const { options, initial_rate: initialRate, values } = given as Given;
  const { rates, logged } = expect as Expect;
  const monitor = String(options.monitor ?? 'val_loss');
  const driven = drive({
    policies: [plateauFrom(options)],
    epochs: values.map(value => ({ [monitor]: value })),
    initialRate,
  });
  return [
    compareNumbers('rates', driven.ratesAfterEpoch, rates, tolerance),
    compareNumbers('logged', driven.ratesDuringEpoch, logged, tolerance),
  ];
};
