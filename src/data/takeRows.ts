import { gatherRows } from './gatherRows.js';
import { readTargets } from './readRows.js';
import type { ArraySource } from './source.js';

/**
 * A source of these rows alone, in this order, copied.
 *
 * @throws InvalidArgumentError where there is no such row
 */
export function takeRows(source: ArraySource, rows: ArrayLike<number>): ArraySource {
  return { ...source, size: rows.length, x: gatherRows(source.x, rows), ...readTargets(source, rows) };
}
