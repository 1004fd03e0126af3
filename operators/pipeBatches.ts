import { type OperatorFunction, pipe } from 'rxjs';
import type { Batch } from '../src/data/batch.js';
import type { Sample } from '../src/data/sample.js';
import type { AugmentImagesOperator } from './augmentImages.js';
import type { BatchOperator } from './batch.js';

/** What {@link pipeBatches} returns. */
export interface PipedBatchOperator extends BatchOperator {
  /** The same where the second operator leaves its work to the step, if it can; see `augmentImages`. */
  readonly inStep?: OperatorFunction<Sample, Batch>;
}

/**
 * Lets operators that make one batch of one follow `batch`, and still tells how many batches there will be: `train`
 * wants to know, for its progress. RxJS's `pipe` makes a mere function.
 *
 * ```
 * source:    -a-b-c-d-|      samples
 *            pipeBatches(batch(2), augmentImages(…))
 * result:    ---x---y-|      augmented batches
 * ```
 *
 * *Backpressure* and *errors:* those of the operators.
 *
 * ## Example
 * ```ts
 * import { augmentation } from 'gradstream';
 * import { augmentImages, batch, pipeBatches } from 'gradstream/operators';
 *
 * const through = pipeBatches(batch(32), augmentImages(augmentation({ horizontalFlip: true })));
 * console.log(through.batchesOf(50_000)); // 1563
 * ```
 *
 * @param batches what `batch` returns.
 * @param operators each makes one batch of each, the first of them first.
 * @returns An operator from samples to batches.
 */
export function pipeBatches(
  batches: BatchOperator,
  ...operators: readonly (OperatorFunction<Batch, Batch> | AugmentImagesOperator)[]
): PipedBatchOperator {
  return operators.reduce<PipedBatchOperator>(followedBy, batches);
}

function followedBy(
  batches: BatchOperator,
  operator: OperatorFunction<Batch, Batch> | AugmentImagesOperator,
): PipedBatchOperator {
  const { batchesOf } = batches;
  const piped = Object.assign(pipe(batches, operator), { batchesOf });
  const inStep = 'inStep' in operator ? operator.inStep : undefined;
  return inStep === undefined ? piped : Object.assign(piped, { inStep: pipe(batches, inStep) });
}
