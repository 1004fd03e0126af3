import { defer, finalize, map, type OperatorFunction } from 'rxjs';
import type { Augmentation } from '../src/augment/augmentation.js';
import { augmentKey } from '../src/augment/pictures.js';
import type { Batch, RowBatch, ValueBatch } from '../src/data/batch.js';
import { checkRow, gatherRows } from '../src/data/gatherRows.js';
import { sizeOf } from '../src/data/hostArray.js';
import { InvalidArgumentError } from '../src/error/invalidArgumentError.js';
import { checkCount } from '../src/policy/checkCount.js';
import { AugmentCrew } from '../src/worker/augmentCrew.js';

export interface AugmentImagesOptions {
  /**
   * Threads that help. Default 0: the calling one does it alone. They share each batch with it, so they pay where many
   * processors wait for pictures; a step that keeps all of them busy has its next batches made meanwhile anyway.
   */
  readonly workers?: number;
}

/**
 * Changes each picture of a batch at random, as Keras's ImageDataGenerator does.
 *
 * ```
 * source:    -x-y-|      batches of row numbers
 *            augmentImages(augmentation({ horizontalFlip: true }))
 * result:    -X-Y-|      batches of float32 pixels
 * ```
 *
 * What is done to a picture is a function of the seed, the epoch and its row: neither batch size, order, prefetch nor a
 * resume changes it. Pixels are changed as the source stores them; its `scaling` comes after. Only batches of resident
 * arrays can be augmented, since others carry no rows. For those use `augment(imageTransform(…))` before `batch`, which
 * gives the same pixels.
 *
 * *Backpressure:* none needed; one for one, in the same tick, with workers too. These are started with the first batch and end
 * with the subscription.
 *
 * *Errors:* passed on. InvalidArgumentError for a batch that carries values, or pictures that aren't three-dimensional.
 *
 * ## Example
 * The augmentation of the CIFAR-10 examples
 * ```ts
 * import { from } from 'rxjs';
 * import { augmentation, fromArrays } from 'gradstream';
 * import { augmentImages, batch, epochSamples } from 'gradstream/operators';
 *
 * const pictures = fromArrays({ x: { data: new Uint8Array(4 * 32 * 32 * 3), shape: [4, 32, 32, 3] }, y: [0, 1, 0, 1] });
 * const changes = augmentation({ widthShiftRange: 0.1, heightShiftRange: 0.1, horizontalFlip: true });
 *
 * from(epochSamples(pictures, { seed: 7, epoch: 0 }))
 *   .pipe(batch(2), augmentImages(changes))
 *   .subscribe(({ size }) => console.log(size));
 * ```
 *
 * @param options what `augmentation` makes.
 * @param threads how many threads help.
 * @returns An operator from batches of rows to batches of values.
 * @throws InvalidArgumentError where `workers` isn't a whole number from 0 on.
 */
export function augmentImages(
  options: Augmentation,
  { workers = 0 }: AugmentImagesOptions = {},
): OperatorFunction<Batch, Batch> {
  checkCount('augmentImages', { workers });
  return source =>
    defer(() => {
      const crew = new AugmentCrew(options, workers);
      return source.pipe(
        map(batch => augmentRows(crew, requireRows(batch))),
        finalize(() => crew.close()),
      );
    });
}

function requireRows(batch: Batch): RowBatch {
  if (batch.kind === 'rows') return batch;
  throw new InvalidArgumentError(
    'augmentImages: a batch came with values, not with rows of resident arrays. ' +
      'Use augment(imageTransform(…)) before batch(…) for this source.',
  );
}

function augmentRows(crew: AugmentCrew, { source, rows, seed, epoch, size, cursor }: RowBatch): ValueBatch {
  const { inputShape, scaling, sampleWeight, x } = source;
  const length = sizeOf(inputShape);
  const data = crew.augment({
    shape: inputShape,
    rows,
    key: augmentKey(seed, epoch),
    scaling,
    read: index => {
      const start = checkRow(rows[index], source.size) * length;
      return x.data.subarray(start, start + length);
    },
  });
  const y = gatherRows(source.y, rows);
  return {
    kind: 'values',
    x: { data, shape: [size, ...inputShape] },
    y: y.shape.length === 1 ? { data: Float32Array.from(y.data), shape: y.shape } : y,
    ...(sampleWeight && { sampleWeight: Float32Array.from(rows, row => sampleWeight[row]) }),
    ...{ seed, epoch, size, cursor },
  };
}
