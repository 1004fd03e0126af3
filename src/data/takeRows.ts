import { gatherRows } from './gatherRows.js';
import type { ArraySource } from './source.js';

/**
 * A source of these rows alone, in this order, copied.
 *
 * @throws InvalidArgumentError where there is no such row
 */
export function takeRows(source: ArraySource, rows: ArrayLike<number>): ArraySource {
  const { sampleWeight } = source;
  return {
    ...source,
    size: rows.length,
    x: gatherRows(source.x, rows),
    y: gatherRows(source.y, rows),
    ...(sampleWeight && { sampleWeight: Float32Array.from(rows, row => sampleWeight[row]) }),
  };
}
