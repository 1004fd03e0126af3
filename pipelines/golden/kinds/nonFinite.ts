import { terminateOnNonFinite } from '../../../src/policy/terminateOnNonFinite.js';
import { compareEqual } from '../comparison.js';
import { drive } from '../drive.js';
import type { Runner } from '../runner.js';

interface Given {
  /** One a step. */
  readonly losses: readonly number[];
}

interface Expect {
  readonly stopped_at_batch: number | null;
}

/** Kind `non_finite`: the step at which TerminateOnNaN stops. */
export const nonFinite: Runner = ({ given, expect }) => {
  const { losses } = given as Given;
  const { asked } = drive({
    policies: [terminateOnNonFinite()],
    epochs: [{ loss: losses.at(-1) ?? Number.NaN }],
    steps: () => losses.map(loss => ({ loss })),
  });
  const stop = asked.find(({ directive }) => directive.type === 'stop');
  return [compareEqual('stopped_at_batch', stop?.step ?? null, (expect as Expect).stopped_at_batch)];
};
