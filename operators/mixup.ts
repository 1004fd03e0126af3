import type { OperatorFunction } from 'rxjs';
import { mixRows } from '../src/augment/mixRows.js';
import type { Batch } from '../src/data/batch.js';
import { beta } from '../src/random/beta.js';
import { type MixOptions, mixBatches } from './internal/mixBatches.js';

/** `alpha` is 0.2 by default. */
export type MixupOptions = MixOptions;

/**
 * Mixes each example of a batch, and its label, with the one before: `λ · own + (1 − λ) · other`, λ drawn for each from
 * Beta(alpha, alpha).
 *
 * ```
 * source:    -x-y-|
 *            mixup({ classes: 10 })
 * result:    -X-Y-|      batches of mixed values
 * ```
 *
 * The first example is mixed with the last; one alone stays as it is. λ is a function of the seed, the operator's name, the epoch and
 * the place in it, so neither prefetch nor a resume changes it. Labels come out one-hot, so train with a loss for such, as
 * `categorical_crossentropy`. Sample weights are mixed as labels are.
 *
 * Source: Zhang et al., "mixup: Beyond Empirical Risk Minimization", 2018. Pairs as in torchvision's `MixUp`, which draws one λ
 * for a whole batch.
 *
 * *Backpressure:* none needed; one for one, in the same tick.
 *
 * *Errors:* passed on. InvalidArgumentError for class numbers where `classes` isn't given, or outside of it.
 *
 * ## Example
 * ```ts
 * import { batch, mixup, pipeBatches } from 'gradstream/operators';
 *
 * const through = pipeBatches(batch(32), mixup({ alpha: 0.2, classes: 10 }));
 * console.log(through.batchesOf(50_000)); // 1563
 * ```
 *
 * @param options how much is mixed, and the number of classes where labels are class numbers.
 * @returns An operator from batches to batches of values.
 * @throws InvalidArgumentError where `alpha` or `classes` can't be meant.
 */
export function mixup({ alpha = 0.2, ...options }: MixupOptions = {}): OperatorFunction<Batch, Batch> {
  return mixBatches('mixup', { ...options, alpha }, (x, keys) => {
    const shares = keys.map(key => beta(key, alpha, alpha));
    return { x: mixRows(x, shares), shares };
  });
}
