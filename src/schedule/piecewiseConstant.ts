import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { checkNotNegative } from './check.js';
import { type Schedule, schedule } from './schedule.js';

export interface PiecewiseConstantOptions {
  /** Steps in rising order; a boundary itself still has the value before it. Between equal ones a value is passed over. */
  readonly boundaries: readonly number[];
  /** One more than boundaries. */
  readonly values: readonly number[];
}

/**
 * Steps from one value to the next: `values[i]` for `boundaries[i-1] < step ≤ boundaries[i]`.
 *
 * Source: `PiecewiseConstantDecay` of Keras 3.
 */
export function piecewiseConstant({ boundaries, values }: PiecewiseConstantOptions): Schedule {
  checkNotNegative('piecewiseConstant', { ...named('values', values), ...named('boundaries', boundaries) });
  if (boundaries.length !== values.length - 1) {
    throw new InvalidArgumentError(
      `piecewiseConstant: there must be one more value than boundaries, got ${values.length} values and ` +
        `${boundaries.length} boundaries.`,
    );
  }
  if (boundaries.some((boundary, i) => i > 0 && boundary < boundaries[i - 1])) {
    throw new InvalidArgumentError(`piecewiseConstant: boundaries must not fall, got [${boundaries.join(', ')}].`);
  }
  return schedule(
    step => {
      const piece = boundaries.findIndex(boundary => step <= boundary);
      return values[piece === -1 ? values.length - 1 : piece];
    },
    { name: 'piecewiseConstant', boundaries: [...boundaries], values: [...values] },
  );
}

const named = (name: string, values: readonly number[]): Record<string, number> =>
  Object.fromEntries(values.map((value, i) => [`${name}[${i}]`, value]));
