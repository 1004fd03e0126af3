import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { isBarrier } from '../event/isBarrier.js';
import type { Policy } from './policy.js';

export interface TimeLimitOptions {
  /** Default: `timeLimit`. */
  readonly key?: string;
}

type TimeLimitState = {
  /** Milliseconds that the run has taken. */
  readonly elapsed: number;
  /** Time of the last event. */
  readonly last: number | null;
  readonly stopped: boolean;
};

/**
 * Stops the run after so many milliseconds of running. A resumed run goes on counting; the pause before is not counted.
 *
 * @throws InvalidArgumentError where `milliseconds` is not above 0
 */
export function timeLimit(milliseconds: number, { key = 'timeLimit' }: TimeLimitOptions = {}): Policy<TimeLimitState> {
  if (!(milliseconds > 0)) {
    throw new InvalidArgumentError(`timeLimit: milliseconds must be above 0, got ${milliseconds}.`);
  }
  return {
    key,
    init: () => ({ elapsed: 0, last: null, stopped: false }),
    update({ elapsed, last, stopped }, event) {
      const { type, time } = event;
      const since = type === 'runStart' || last === null ? 0 : Math.max(0, time - last);
      const total = elapsed + since;
      // What is asked elsewhere is not heard; at its start, a resumed run hears only who is new in it.
      const isHeard = isBarrier(event) && type !== 'runStart';
      // One below this limit was by another: a run that is asked for more epochs may have been given more time, too.
      const hadStopped = stopped && elapsed >= milliseconds;
      const stop = isHeard && !hadStopped && total >= milliseconds;
      return [
        { elapsed: total, last: time, stopped: hadStopped || stop },
        stop ? [{ type: 'stop', by: key, reason: 'time limit' }] : [],
      ];
    },
  };
}
