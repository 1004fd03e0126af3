import { InvalidArgumentError } from '../error/invalidArgumentError.js';

/** The rates of steps 0 to `steps − 1`: the curve without training. */
export function simulate(schedule: (step: number) => number, steps: number): Float64Array {
  if (!Number.isSafeInteger(steps) || steps < 0) {
    throw new InvalidArgumentError(`simulate: steps must be a whole number from 0 on, got ${steps}.`);
  }
  return Float64Array.from({ length: steps }, (_, step) => schedule(step));
}
