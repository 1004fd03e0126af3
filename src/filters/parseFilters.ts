import { InvalidArgumentError } from '../error/invalidArgumentError.js';

/**
 * Filter numbers as a user writes them: `0-511`, `3,7,12-15`. In their order, each once.
 *
 * @throws InvalidArgumentError where the text is something else
 */
export function parseFilters(text: string): number[] {
  const numbers = text.split(',').flatMap(part => {
    const [, from, to = from] = /^\s*(\d+)(?:\s*-\s*(\d+))?\s*$/.exec(part) ?? [];
    if (from === undefined || Number(to) < Number(from) || Number(to) > MOST) {
      throw new InvalidArgumentError(`'${text}' names no filters: give numbers and ranges, such as 3,7,12-15.`);
    }
    return Array.from({ length: Number(to) - Number(from) + 1 }, (_, i) => Number(from) + i);
  });
  return [...new Set(numbers)];
}

const MOST = 1_000_000;
