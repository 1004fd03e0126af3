import type { HostArray } from '../array/hostArray.js';
import { mapAuxiliary } from './auxiliary.js';
import { gatherRows } from './gatherRows.js';
import type { ArraySource } from './source.js';

/**
 * A source of these rows alone, in this order, copied.
 *
 * @throws InvalidArgumentError where there is no such row
 */
export function takeRows(source: ArraySource, rows: ArrayLike<number>): ArraySource {
  const { sampleWeight, aux } = source;
  const gather = (array: HostArray): HostArray => gatherRows(array, rows);
  return {
    ...source,
    size: rows.length,
    x: gather(source.x),
    y: gather(source.y),
    ...(sampleWeight && { sampleWeight: Float32Array.from(rows, row => sampleWeight[row]) }),
    ...mapAuxiliary(aux, gather, gather),
  };
}
