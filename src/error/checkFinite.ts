import { InvalidArgumentError } from './invalidArgumentError.js';

/** Raises where one of the values isn't a finite number. */
export function checkFinite(who: string, values: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (!Number.isFinite(value))
      throw new InvalidArgumentError(`${who}: ${name} must be a finite number, got ${value}.`);
  }
}
