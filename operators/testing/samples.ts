import type { RowBatch } from '../../src/data/batch.js';
import type { Sample } from '../../src/data/sample.js';
import type { ArraySource } from '../../src/data/source.js';
import { arraySource } from './sources.js';

const tenRows = arraySource();

/** A sample of a source of ten rows; `row` follows `position`. */
export const sampleOf = (given: Partial<Sample> = {}): Sample => ({
  source: tenRows,
  seed: 1,
  epoch: 0,
  position: 0,
  row: given.position ?? 0,
  ...given,
});

/**
 * A batch of rows of a source.
 *
 * @param rows in their order; the cursor stands after as many samples.
 * @param source default: ten rows.
 */
export const batchOf = (rows: readonly number[], source: ArraySource = tenRows): RowBatch => ({
  kind: 'rows',
  source,
  rows: Int32Array.from(rows),
  epoch: 0,
  seed: 1,
  size: rows.length,
  cursor: { epoch: 0, position: rows.length },
});
