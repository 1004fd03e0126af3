import { sizeOf } from '../array/hostArray.js';
import type { Batch } from '../data/batch.js';
import { type Rows, readRows } from '../data/readRows.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { augmentBatch } from './augmentBatch.js';
import { augmentPictures } from './augmentPictures.js';

/** A batch's examples as the network sees them, made on the JavaScript side. */
export function hostValues(batch: Batch): Rows {
  if (batch.kind === 'values') {
    const { size, x, y, sampleWeight, aux } = batch;
    const { inputs = {}, targets = {} } = aux ?? {};
    const further = [...Object.entries(inputs), ...Object.entries(targets)];
    for (const [what, { shape }] of [['inputs', x] as const, ['labels', y] as const, ...further]) {
      if (shape[0] === size) continue;
      throw new InvalidArgumentError(
        `A batch of ${size} examples has ${what} of shape [${shape}]; their first axis must be ${size} long, one row an example.`,
      );
    }
    if (sampleWeight !== undefined && sampleWeight.length !== size) {
      throw new InvalidArgumentError(
        `A batch of ${size} examples has ${sampleWeight.length} sample weights; give one weight an example.`,
      );
    }
    return batch;
  }
  const { augmentation, source, rows } = batch;
  if (augmentation === undefined) return readRows(source, rows);
  return augmentBatch(batch, pictures => {
    const pixels = new Float32Array(rows.length * sizeOf(source.inputShape));
    augmentPictures(augmentation, pictures, pixels);
    return pixels;
  });
}
