import { checkFinite } from '../error/checkFinite.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import type { Logs } from '../event/trainEvent.js';
import { type Direction, directionOf, outputMetrics } from '../metrics/direction.js';

export interface MonitorOptions {
  /** Name in the logs. `acc` and `accuracy` are one name, `val_acc` and `val_accuracy` too. */
  readonly monitor: string;
  /** Whether smaller or larger is better; `auto` asks the metric's name, and of several outputs what stands behind the output's. */
  readonly mode: 'auto' | Direction;
  /** A smaller change is no improvement. */
  readonly minDelta?: number;
}

/** The metric that a policy watches. */
export interface Monitor {
  /** Its value; undefined where these logs don't have it. */
  read(logs: Logs): number | undefined;
  /** Raises, naming what exists, where the metric isn't among these names, or they don't tell its direction. */
  requireIn(names: readonly string[]): void;
  /**
   * Whether `value` is better than `best` by more than `minDelta`. The first value of all (`best` null) always is,
   * whatever it is: after a first NaN nothing improves any more. Compared in float32. Both as in Keras.
   */
  improves(value: number, best: number | null): boolean;
}

/**
 * @param who named in messages
 * @throws InvalidArgumentError where the mode is none, or `auto` can't tell the metric's direction
 *
 * Source: `monitor_callback.py` of Keras 3.
 */
export function monitorOf(who: string, { monitor, mode, minDelta = 0 }: MonitorOptions): Monitor {
  const known = mode === 'auto' ? directionOf(monitor) : mode;
  const ofOutputs = known === null ? outputMetrics(monitor) : [];
  const direction = known ?? ofOutputs.at(0)?.direction ?? null;
  const unclear = (): InvalidArgumentError =>
    new InvalidArgumentError(
      `${who}: can't tell whether a larger '${monitor}' is better. Is it spelt right? If so, say mode 'min' or 'max' instead of 'auto'.`,
    );
  if (direction === null) throw unclear();
  if (direction !== 'min' && direction !== 'max') {
    throw new InvalidArgumentError(`${who}: mode must be 'auto', 'min' or 'max', got '${direction}'.`);
  }
  checkFinite(who, { minDelta });
  const names = [monitor, otherName(monitor)];
  const { fround, abs } = Math;
  return {
    read: logs => names.map(name => logs[name]).find(value => value !== undefined),
    requireIn(existing) {
      if (!names.some(name => existing.includes(name))) {
        throw new InvalidArgumentError(
          `${who}: there is no metric '${monitor}' to monitor here; there are ${existing.join(', ') || 'none'}.`,
        );
      }
      const isOfOutput = ofOutputs.some(({ output }) => existing.includes(`${output}_loss`));
      if (known === null && !isOfOutput) throw unclear();
    },
    improves(value, best) {
      if (best === null) return true;
      return direction === 'min'
        ? fround(value + abs(minDelta)) < fround(best)
        : fround(value - abs(minDelta)) > fround(best);
    },
  };
}

/** The other name of the accuracy; any other metric's own. */
export function otherName(metric: string): string {
  return OTHER_NAMES.get(metric) ?? metric;
}

const OTHER_NAMES: ReadonlyMap<string, string> = new Map([
  ['acc', 'accuracy'],
  ['accuracy', 'acc'],
  ['val_acc', 'val_accuracy'],
  ['val_accuracy', 'val_acc'],
]);
