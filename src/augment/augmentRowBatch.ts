import type { RowBatch, ValueBatch } from '../data/batch.js';
import { checkRow } from '../data/gatherRows.js';
import { sizeOf } from '../data/hostArray.js';
import { readTargets } from '../data/readRows.js';
import { augmentKey, type Pictures } from './pictures.js';

/**
 * A batch of values from a batch of rows.
 *
 * @param augment gives all pixels, scaled
 * @throws InvalidArgumentError where there is no such row
 */
export function augmentRowBatch(batch: RowBatch, augment: (pictures: Pictures) => Float32Array): ValueBatch {
  const { source, rows, seed, epoch, size, cursor } = batch;
  const { inputShape, scaling, x } = source;
  const length = sizeOf(inputShape);
  const data = augment({
    shape: inputShape,
    rows,
    key: augmentKey(seed, epoch),
    scaling,
    read: index => {
      const start = checkRow(rows[index], source.size) * length;
      return x.data.subarray(start, start + length);
    },
  });
  const { y, ...weights } = readTargets(source, rows);
  return {
    kind: 'values',
    x: { data, shape: [size, ...inputShape] },
    y: y.shape.length === 1 ? { data: Float32Array.from(y.data), shape: y.shape } : y,
    ...weights,
    ...{ seed, epoch, size, cursor },
  };
}
