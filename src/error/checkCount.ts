import { InvalidArgumentError } from './invalidArgumentError.js';

/** Raises where one of the values isn't a whole number from `least` on. */
export function checkCount(who: string, values: Readonly<Record<string, number>>, least = 0): void {
  for (const [name, value] of Object.entries(values)) {
    if (!Number.isSafeInteger(value) || value < least) {
      throw new InvalidArgumentError(`${who}: ${name} must be a whole number from ${least} on, got ${value}.`);
    }
  }
}
