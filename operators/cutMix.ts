import type { OperatorFunction } from 'rxjs';
import { cutMixBox, cutMixRows, shareOutside } from '../src/augment/cutMixRows.js';
import { DATA_FORMATS, type DataFormat, imageExtents } from '../src/augment/imageShape.js';
import type { Batch } from '../src/data/batch.js';
import { checkNames } from '../src/error/checkNames.js';
import { beta } from '../src/random/beta.js';
import { foldIn } from '../src/random/randomKey.js';
import { type MixOptions, mixBatches } from './internal/mixBatches.js';

/** `alpha` is 1 by default: every share equally likely. */
export interface CutMixOptions extends MixOptions {
  /** Default: `channelsLast`. */
  readonly dataFormat?: DataFormat;
}

/**
 * Puts a box of the picture before into each picture of a batch, and mixes the labels by the box's share of the picture.
 *
 * ```
 * source:    -x-y-|
 *            cutMix({ classes: 10 })
 * result:    -X-Y-|      batches of mixed values
 * ```
 *
 * Each picture has a box of its own: its middle may be any pixel, its area is drawn so that the rest is a share from
 * Beta(alpha, alpha), and what lies outside of the picture is cut off. All else is as in `mixup`.
 *
 * Source: Yun et al., "CutMix: Regularization Strategy to Train Strong Classifiers with Localizable Features", 2019. Boxes and
 * pairs as in torchvision's `CutMix`, which draws one box for a whole batch.
 *
 * *Backpressure:* none needed; one for one, in the same tick.
 *
 * *Errors:* passed on. InvalidArgumentError for class numbers where `classes` isn't given, or outside of it, and for examples that
 * aren't pictures.
 *
 * ## Example
 * ```ts
 * import { batch, cutMix, pipeBatches } from 'gradstream/operators';
 *
 * const through = pipeBatches(batch(32), cutMix({ classes: 10 }));
 * console.log(through.batchesOf(50_000)); // 1563
 * ```
 *
 * @param options how much is mixed, and the number of classes where labels are class numbers.
 * @returns An operator from batches to batches of values.
 * @throws InvalidArgumentError where `alpha` or `classes` can't be meant, UnknownNameError for an unknown data format.
 */
export function cutMix({
  dataFormat = 'channelsLast',
  ...options
}: CutMixOptions = {}): OperatorFunction<Batch, Batch> {
  checkNames('data format', [dataFormat], DATA_FORMATS);
  return mixBatches('cutMix', options, (x, keys, alpha) => {
    const extents = imageExtents(x.shape.slice(1), dataFormat);
    const boxes = keys.map(key => cutMixBox(foldIn(key, 'box'), extents, beta(key, alpha, alpha)));
    return { x: cutMixRows(x, boxes, dataFormat), shares: boxes.map(box => shareOutside(box, extents)) };
  });
}
