import { defer, finalize, map, type Observable, type OperatorFunction } from 'rxjs';
import { type Augmentation, checkAugmentation } from '../src/augment/augmentation.js';
import { augmentBatch } from '../src/augment/augmentBatch.js';
import { AugmentCrew } from '../src/augment/augmentCrew.js';
import type { Batch } from '../src/data/batch.js';
import { checkCount } from '../src/error/checkCount.js';
import { checkNames } from '../src/error/checkNames.js';

export interface AugmentImagesOptions {
  /**
   * Where pictures are changed. `host`: here, while the step of the batch before runs. `step`: inside the step, by
   * TensorFlow, or by the learner where that can't; what is emitted are rows with a note of what is to be done, and only
   * batches of values are changed here. `auto` (default): here, but `train` leaves it to the step where a GPU carries that
   * out.
   */
  readonly engine?: 'auto' | 'host' | 'step';
  /**
   * Threads that help on the host, each with a part of every batch. Default 0: the calling thread alone, which is enough
   * where a step takes longer than its batch.
   */
  readonly workers?: number;
}

const ENGINES: readonly string[] = ['auto', 'host', 'step'];

/** What {@link augmentImages} returns. */
export interface AugmentImagesOperator extends OperatorFunction<Batch, Batch> {
  /** The same with engine `step`, for whoever knows the learner. */
  readonly inStep?: OperatorFunction<Batch, Batch>;
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
 * resume changes it. Pixels are changed as the source stores them; its `scaling` comes after. It takes what `batch` makes:
 * rows of resident arrays, and values of files and streams. `augment(imageTransform(…))` before `batch` gives the same pixels,
 * one by one. Where the pictures themselves are the targets (class mode `input`), these are the changed ones, as in Keras; other
 * targets and weights pass.
 *
 * *Backpressure:* none needed; one for one, in the same tick, with workers too. These are started with the first batch and end
 * with the subscription.
 *
 * *Errors:* passed on. InvalidArgumentError for values that another operator has changed, or pictures that aren't
 * three-dimensional.
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
 * @param augmentation what the function of that name makes.
 * @param options where, and with how many threads.
 * @returns An operator from batches to batches of values, or of rows that the step augments.
 * @throws InvalidArgumentError where `workers` isn't a whole number from 0 on, or `augmentation` are mere options; UnknownNameError for an unknown engine.
 */
export function augmentImages(
  augmentation: Augmentation,
  { engine = 'auto', workers = 0 }: AugmentImagesOptions = {},
): AugmentImagesOperator {
  checkAugmentation('augmentImages', augmentation);
  checkCount('augmentImages', { workers });
  checkNames('engine', [engine], ENGINES);
  const withCrew =
    (change: (batch: Batch, crew: AugmentCrew) => Batch) =>
    (batches: Observable<Batch>): Observable<Batch> =>
      defer(() => {
        const crew = new AugmentCrew(augmentation, workers);
        return batches.pipe(
          map(batch => change(batch, crew)),
          finalize(() => crew.close()),
        );
      });
  const here = (batch: Batch, crew: AugmentCrew) => augmentBatch(batch, pictures => crew.augment(pictures));
  const onHost = withCrew(here);
  const inStep = withCrew((batch, crew) => (batch.kind === 'rows' ? { ...batch, augmentation } : here(batch, crew)));
  if (engine === 'step') return inStep;
  return engine === 'host' ? onHost : Object.assign(onHost, { inStep });
}
