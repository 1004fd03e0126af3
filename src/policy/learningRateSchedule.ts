import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import type { Policy } from './policy.js';

export interface LearningRateScheduleOptions {
  /** Default: `learningRateSchedule`. */
  readonly key?: string;
}

/**
 * Sets the learning rate at each epoch's beginning, as Keras does: whatever else has changed the rate, such as
 * `reduceLearningRateOnPlateau`, lasts until then only. To have both work together, give the schedule to the optimizer
 * instead.
 *
 * @param schedule from the epoch (counted from 0) and the present rate to the new one
 * @throws InvalidArgumentError in a run, where the schedule gives something that is no rate
 *
 * Source: `LearningRateScheduler` of Keras 3.
 */
export function learningRateSchedule(
  schedule: (epoch: number, learningRate: number) => number,
  { key = 'learningRateSchedule' }: LearningRateScheduleOptions = {},
): Policy<null> {
  return {
    key,
    init: () => null,
    update(state, event) {
      if (event.type !== 'epochStart') return [state, []];
      const value = schedule(event.epoch, event.learningRate);
      if (!Number.isFinite(value) || value < 0) {
        throw new InvalidArgumentError(
          `${key}: the schedule must give a finite rate ≥ 0, but for epoch ${event.epoch} it gave ${value}.`,
        );
      }
      return [state, [{ type: 'setLearningRate', by: key, value }]];
    },
  };
}
