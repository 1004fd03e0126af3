import { compareEqual, compareNumber } from '../comparison.js';
import { drive } from '../drive.js';
import { earlyStoppingFrom, type KerasOptions } from '../policyFrom.js';
import type { Runner } from '../runner.js';

interface Given {
  readonly options: KerasOptions;
  readonly values: readonly number[];
}

interface Expect {
  readonly epochs_run: number;
  readonly stopped: boolean;
  readonly weights_of_epoch: number;
  readonly best: number | null;
}

/** Kind `early_stopping`: when EarlyStopping stops, and whose epoch's weights it leaves behind. */
export const earlyStopping: Runner = ({ given, expect, tolerance }) => {
  const { options, values } = given as Given;
  const expected = expect as Expect;
  const monitor = String(options.monitor ?? 'val_loss');
  const policy = earlyStoppingFrom(options);
  const driven = drive({ policies: [policy], epochs: values.map(value => ({ [monitor]: value })) });
  const state = driven.states[policy.key] as { best: number | null };
  return [
    compareEqual('epochs_run', driven.epochsRun, expected.epochs_run),
    compareEqual('stopped', driven.stopped, expected.stopped),
    compareEqual('weights_of_epoch', driven.weightsOfEpoch, expected.weights_of_epoch),
    expected.best === null
      ? compareEqual('best', state.best, null)
      : compareNumber('best', state.best ?? Number.NaN, expected.best, tolerance),
  ];
};
