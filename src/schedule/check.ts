import { InvalidArgumentError } from '../error/invalidArgumentError.js';

type Named = Readonly<Record<string, number>>;

/** Raises where one of the values isn't a finite number ≥ 0: rates, fractions, factors. */
export function checkNotNegative(where: string, values: Named): void {
  check(where, values, 'a finite number ≥ 0', value => value >= 0);
}

/** Raises where one of the values isn't a finite number > 0: lengths in steps, divisors. */
export function checkPositive(where: string, values: Named): void {
  check(where, values, 'a finite number > 0', value => value > 0);
}

/** Raises where one of the values isn't within 0…1. */
export function checkFraction(where: string, values: Named): void {
  check(where, values, 'a number from 0 to 1', value => value >= 0 && value <= 1);
}

function check(where: string, values: Named, expected: string, accepts: (value: number) => boolean): void {
  for (const [name, value] of Object.entries(values)) {
    if (!Number.isFinite(value) || !accepts(value)) {
      throw new InvalidArgumentError(`${where}: ${name} must be ${expected}, got ${value}.`);
    }
  }
}
