import { map, type OperatorFunction } from 'rxjs';
import { applyBatch } from '../src/augment/applyBatch.js';
import type { Augmentation } from '../src/augment/augmentation.js';
import { sampleParameters } from '../src/augment/sampleParameters.js';
import type { Batch, RowBatch, ValueBatch } from '../src/data/batch.js';
import { gatherRows } from '../src/data/gatherRows.js';
import { sizeOf } from '../src/data/hostArray.js';
import type { Scaling } from '../src/data/source.js';
import { InvalidArgumentError } from '../src/error/invalidArgumentError.js';
import { foldIn, randomKey } from '../src/random/randomKey.js';

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
 * *Backpressure:* none needed; one for one, in the same tick.
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
 * @returns An operator from batches of rows to batches of values.
 */
export function augmentImages(options: Augmentation): OperatorFunction<Batch, Batch> {
  return map(batch => {
    if (batch.kind === 'rows') return augmentRows(options, batch);
    throw new InvalidArgumentError(
      'augmentImages: a batch came with values, not with rows of resident arrays. ' +
        'Use augment(imageTransform(…)) before batch(…) for this source.',
    );
  });
}

function augmentRows(options: Augmentation, { source, rows, seed, epoch, size, cursor }: RowBatch): ValueBatch {
  const { inputShape, scaling, sampleWeight } = source;
  const input = gatherRows(source.x, rows);
  const key = randomKey(seed, 'augment', epoch);
  const parameters = Array.from(rows, row => sampleParameters(options, foldIn(key, row), inputShape));
  const data = new Float32Array(input.data.length);
  applyBatch(options, input, data, parameters);
  if (scaling !== undefined) scale(data, scaling, sizeOf(inputShape));
  const y = gatherRows(source.y, rows);
  return {
    kind: 'values',
    x: { data, shape: [size, ...inputShape] },
    y: y.shape.length === 1 ? { data: Float32Array.from(y.data), shape: y.shape } : y,
    ...(sampleWeight && { sampleWeight: Float32Array.from(rows, row => sampleWeight[row]) }),
    ...{ seed, epoch, size, cursor },
  };
}

/** In place. */
function scale(data: Float32Array, { scale, mean }: Scaling, size: number): void {
  if (mean === undefined) {
    for (let i = 0; i < data.length; i++) data[i] *= scale;
    return;
  }
  for (let start = 0; start < data.length; start += size) {
    for (let j = 0; j < size; j++) data[start + j] = data[start + j] * scale - mean.data[j];
  }
}
