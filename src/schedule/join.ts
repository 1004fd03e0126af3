import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { checkPositive } from './check.js';
import { type Schedule, schedule } from './schedule.js';

/**
 * One schedule after the other: `schedules[i]` from step `boundaries[i-1]` on, each counting its own steps from 0.
 *
 * @param boundaries steps in rising order, one less than schedules
 *
 * Source: `join_schedules` of Optax.
 */
export function join(schedules: readonly Schedule[], boundaries: readonly number[]): Schedule {
  if (schedules.length === 0 || boundaries.length !== schedules.length - 1) {
    throw new InvalidArgumentError(
      `join: there must be one more schedule than boundaries, got ${schedules.length} schedules and ` +
        `${boundaries.length} boundaries.`,
    );
  }
  boundaries.forEach((boundary, i) => {
    checkPositive('join', { [`boundaries[${i}]`]: boundary });
    if (i > 0 && boundary <= boundaries[i - 1]) {
      throw new InvalidArgumentError(`join: boundaries must rise, got [${boundaries.join(', ')}].`);
    }
  });
  return schedule(
    step => {
      const next = boundaries.findIndex(boundary => step < boundary);
      const piece = next === -1 ? boundaries.length : next;
      return schedules[piece](piece === 0 ? step : step - boundaries[piece - 1]);
    },
    { name: 'join', schedules: schedules.map(({ config }) => config), boundaries: [...boundaries] },
  );
}
