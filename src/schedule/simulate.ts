import { checkCount } from '../error/checkCount.js';

/** The rates of steps 0 to `steps − 1`: the curve without training. */
export function simulate(schedule: (step: number) => number, steps: number): Float64Array {
  checkCount('simulate', { steps });
  return Float64Array.from({ length: steps }, (_, step) => schedule(step));
}
