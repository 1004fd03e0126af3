import { checkNotNegative } from './check.js';
import { type Schedule, schedule } from './schedule.js';

/** The same rate at every step. */
export function constant(learningRate: number): Schedule {
  checkNotNegative('constant', { learningRate });
  return schedule(() => learningRate, { name: 'constant', learningRate });
}
