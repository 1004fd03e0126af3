import * as tf from '@tensorflow/tfjs-core';
import type { Loss } from '../loss/loss.js';
import { meanOfCounted } from '../loss/meanOfCounted.js';
import { countedBy, type Judged } from './judged.js';

/**
 * A batch's loss without penalties: of the weighted losses of the examples, or of the steps that no mask hides, their mean (divided
 * by their number, whatever they weigh), or what the loss asks for in its place.
 *
 * Source: `reduce_weighted_values` of Keras 3 (`losses/loss.py`).
 */
export function batchLoss(loss: Loss, all: Judged, mask: tf.Tensor2D | null): tf.Scalar {
  const { y, output, raw, weight } = countedBy(loss, all, mask);
  const losses = raw !== null && loss.fromLogits !== undefined ? loss.fromLogits(y, raw) : loss.perSample(y, output);
  const weighted = weight === null ? losses : tf.mul(losses, weight);
  if (loss.reduction === 'sum') return sumOf(weighted, output);
  if (loss.reduction === 'mean_with_sample_weight' && weight !== null) {
    return tf.divNoNan(sumOf(weighted, output), tf.sum(weight));
  }
  if (mask === null || loss.perStep !== true) return tf.mean(weighted);
  return tf.mean(meanOfCounted(weighted, tf.reshape(mask, [mask.size])));
}

/** An example of several steps has a loss for each, of which the example's is the mean. */
const sumOf = (losses: tf.Tensor, { shape }: tf.Tensor): tf.Scalar =>
  tf.mul(
    tf.sum(losses),
    shape.slice(1, -1).reduce((product, length) => product * length, 1),
  );
