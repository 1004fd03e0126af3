import { InvalidArgumentError } from '../../../src/error/invalidArgumentError.js';
import type { Logs } from '../../../src/event/trainEvent.js';
import { compareEqual } from '../comparison.js';
import { drive } from '../drive.js';
import { checkpointFrom, type KerasOptions } from '../policyFrom.js';
import type { Runner } from '../runner.js';
import { savesOf } from '../savesOf.js';

interface Given {
  readonly options: KerasOptions;
  readonly logs: readonly Logs[];
  /** Steps of an epoch. */
  readonly batches: number;
}

interface Expect {
  readonly saves: readonly { readonly epoch: number; readonly batch: number | null; readonly file: string }[];
  readonly error: null | 'unknown field';
}

/** Kind `checkpoint`: when ModelCheckpoint saves, and under which names. */
export const checkpoint: Runner = ({ given, expect }) => {
  const { options, logs, batches } = given as Given;
  const { saves, error } = expect as Expect;
  const policies = [checkpointFrom(options)];
  const steps = (epoch: number): Logs[] => Array.from({ length: batches }, () => withoutValidation(logs[epoch]));
  const run = () => savesOf(drive({ policies, epochs: logs, steps }));
  if (error === null) return [compareEqual('saves', run(), saves)];
  return [compareEqual('saves', [], saves), compareEqual('error', errorOf(run), error)];
};

const withoutValidation = (logs: Logs): Logs =>
  Object.fromEntries(Object.entries(logs).filter(([name]) => !name.startsWith('val_')));

/** What the message of a refused run says. */
function errorOf(run: () => unknown): string | null {
  try {
    run();
    return null;
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    return /unknown field \{[^{}]+\}/.test(error.message) ? 'unknown field' : error.message;
  }
}
