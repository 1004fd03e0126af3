import { checkCount } from '../error/checkCount.js';
import { checkOptions } from '../error/checkOptions.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import type { Directive } from '../event/directive.js';
import type { EpochEnd } from '../event/trainEvent.js';
import { type MonitorOptions, monitorOf } from './monitor.js';
import type { Policy } from './policy.js';

export interface EarlyStoppingOptions {
  /** Default: `val_loss`. */
  readonly monitor?: string;
  /** Default: 0. */
  readonly minDelta?: number;
  /** Epochs without improvement until the run is stopped. Default: 0. */
  readonly patience?: number;
  /** Default: `auto`. */
  readonly mode?: MonitorOptions['mode'];
  /** The waiting only ends with a value that is better than the best one and than this. Default: none. */
  readonly baseline?: number;
  /** Puts the best epoch's weights back at the end, whatever ended the run. Default: false. */
  readonly restoreBestWeights?: boolean;
  /** Epochs before this one (counted from 0) are not looked at. Default: 0. */
  readonly startFromEpoch?: number;
  /** Default: `earlyStopping(<monitor>)`. */
  readonly key?: string;
}

const OPTIONS: Readonly<Record<keyof EarlyStoppingOptions, true>> = {
  monitor: true,
  minDelta: true,
  patience: true,
  mode: true,
  baseline: true,
  restoreBestWeights: true,
  startFromEpoch: true,
  key: true,
};

type EarlyStoppingState = {
  readonly best: number | null;
  /** Epochs since the last improvement. */
  readonly wait: number;
  /** Whether the run remembers weights to restore. */
  readonly remembers: boolean;
};

/**
 * Stops the run when a metric has stopped improving, at an epoch's end but never at the first one's. An epoch without
 * the metric is passed over. With `restoreBestWeights` it asks to remember the weights at each improvement, and at
 * `trainEnd` to restore them.
 *
 * @throws UnknownNameError for an option that there isn't; InvalidArgumentError where one can't be meant; in a run, where there is no such metric
 *
 * Source: `EarlyStopping` of Keras 3.
 */
export function earlyStopping(options: EarlyStoppingOptions = {}): Policy<EarlyStoppingState> {
  const { patience = 0, baseline = null, restoreBestWeights = false, startFromEpoch = 0 } = options;
  const { monitor: metric = 'val_loss', mode = 'auto', minDelta = 0 } = options;
  const who = 'earlyStopping';
  checkOptions(who, options, OPTIONS);
  checkCount(who, { patience, startFromEpoch });
  if (Number.isNaN(baseline))
    throw new InvalidArgumentError(`${who}: baseline is NaN, which nothing can be better than.`);
  const monitor = monitorOf(who, { monitor: metric, mode, minDelta });
  const key = options.key ?? `${who}(${metric})`;

  function decide(state: EarlyStoppingState, event: EpochEnd): readonly [EarlyStoppingState, readonly Directive[]] {
    const value = monitor.read(event.logs);
    if (value === undefined || event.epoch < startFromEpoch) return [state, []];
    const improved = monitor.improves(value, state.best);
    // A run that was resumed with restoreBestWeights newly set has a best value but no weights: it keeps these.
    const remember = restoreBestWeights && (improved || !state.remembers);
    const wait = state.wait + 1;
    const asked: Directive[] = remember ? [{ type: 'remember', by: key, weights: key }] : [];
    const remembers = state.remembers || remember;
    if (improved) {
      return [{ best: value, wait: monitor.improves(value, baseline) ? 0 : wait, remembers }, asked];
    }
    if (wait >= patience && event.epoch > 0) asked.push({ type: 'stop', by: key, reason: 'early stopping' });
    return [{ ...state, wait, remembers }, asked];
  }

  return {
    key,
    init: () => ({ best: null, wait: 0, remembers: false }),
    update(state, event) {
      switch (event.type) {
        case 'runStart':
          monitor.requireIn(event.metrics);
          return [state, []];
        case 'epochEnd':
          return decide(state, event);
        case 'trainEnd':
          return [state, state.remembers ? [{ type: 'restore', by: key, weights: key }] : []];
        default:
          return [state, []];
      }
    },
  };
}
