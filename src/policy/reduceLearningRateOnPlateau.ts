import { checkCount } from '../error/checkCount.js';
import { checkOptions } from '../error/checkOptions.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import type { Directive } from '../event/directive.js';
import type { EpochEnd } from '../event/trainEvent.js';
import { type MonitorOptions, monitorOf } from './monitor.js';
import type { Policy } from './policy.js';

export interface PlateauOptions {
  /** Default: `val_loss`. */
  readonly monitor?: string;
  /** The rate is multiplied by it; 0 ≤ factor < 1. Default: 0.1. */
  readonly factor?: number;
  /** Epochs without improvement until the rate is reduced. Default: 10. */
  readonly patience?: number;
  /** Default: `auto`. */
  readonly mode?: MonitorOptions['mode'];
  /** Default: 1e-4. */
  readonly minDelta?: number;
  /** Epochs after a reduction in which nothing is counted. Default: 0. */
  readonly cooldown?: number;
  /** The rate never falls below. Default: 0. */
  readonly minLearningRate?: number;
  /**
   * `scale` (default) multiplies the schedule, so that both work together. `overwrite` sets the rate itself, as Keras
   * does: it silences a schedule, and a `learningRateSchedule` in turn overwrites it at the next epoch. Of several that overwrite it
   * at the end of one epoch the last one counts.
   */
  readonly apply?: 'scale' | 'overwrite';
  /** Default: `reduceLearningRateOnPlateau(<monitor>)`. */
  readonly key?: string;
}

const OPTIONS: Readonly<Record<keyof PlateauOptions, true>> = {
  monitor: true,
  factor: true,
  patience: true,
  mode: true,
  minDelta: true,
  cooldown: true,
  minLearningRate: true,
  apply: true,
  key: true,
};

type PlateauState = {
  readonly best: number | null;
  /** Epochs since the last improvement or reduction. */
  readonly wait: number;
  /** Epochs of the cooldown that are left; in them nothing is counted. */
  readonly cooldown: number;
};

/**
 * Reduces the learning rate when a metric has stopped improving. Decides at each epoch's end; an epoch without the
 * metric is passed over.
 *
 * @throws UnknownNameError for an option that there isn't; InvalidArgumentError where one can't be meant; in a run, where there is no such metric
 *
 * Source: `ReduceLROnPlateau` of Keras 3.
 */
export function reduceLearningRateOnPlateau(options: PlateauOptions = {}): Policy<PlateauState> {
  const { factor = 0.1, patience = 10, cooldown = 0, minLearningRate = 0, apply = 'scale' } = options;
  const { monitor: metric = 'val_loss', mode = 'auto', minDelta = 1e-4 } = options;
  const who = 'reduceLearningRateOnPlateau';
  checkOptions(who, options, OPTIONS);
  if (!(factor >= 0 && factor < 1)) {
    throw new InvalidArgumentError(`${who}: factor must be from 0 to below 1, got ${factor}.`);
  }
  if (!(minLearningRate >= 0 && Number.isFinite(minLearningRate))) {
    throw new InvalidArgumentError(`${who}: minLearningRate must be a finite number ≥ 0, got ${minLearningRate}.`);
  }
  if (apply !== 'scale' && apply !== 'overwrite') {
    throw new InvalidArgumentError(`${who}: apply must be 'scale' or 'overwrite', got '${apply}'.`);
  }
  checkCount(who, { patience, cooldown });
  const monitor = monitorOf(who, { monitor: metric, mode, minDelta });
  const key = options.key ?? `${who}(${metric})`;

  const reduce = (rate: number): Directive =>
    apply === 'scale'
      ? { type: 'scaleLearningRate', by: key, factor, atLeast: minLearningRate }
      : { type: 'setLearningRate', by: key, value: Math.fround(Math.max(rate * factor, minLearningRate)) };

  function decide(state: PlateauState, { logs }: EpochEnd): readonly [PlateauState, readonly Directive[]] {
    const value = monitor.read(logs);
    if (value === undefined) return [state, []];
    const cooling = Math.max(0, state.cooldown - 1);
    if (monitor.improves(value, state.best)) return [{ best: value, wait: 0, cooldown: cooling }, []];
    if (cooling > 0) return [{ ...state, cooldown: cooling }, []];

    const wait = state.wait + 1;
    const rate = Math.fround(rateIn(logs.learning_rate, who));
    // At the minimum nothing is reduced and the waiting goes on, so that no cooldown begins.
    if (wait < patience || rate <= Math.fround(minLearningRate)) return [{ ...state, wait, cooldown: 0 }, []];
    return [{ ...state, wait: 0, cooldown }, [reduce(rate)]];
  }

  return {
    key,
    init: () => ({ best: null, wait: 0, cooldown: 0 }),
    update(state, event) {
      if (event.type === 'runStart') monitor.requireIn(event.metrics);
      return event.type === 'epochEnd' ? decide(state, event) : [state, []];
    },
  };
}

function rateIn(rate: number | undefined, who: string): number {
  if (rate !== undefined) return rate;
  throw new InvalidArgumentError(`${who}: the epoch's logs have no learning_rate, so there is nothing to reduce.`);
}
