import * as tf from '@tensorflow/tfjs-core';
import type { Loss } from '../loss/loss.js';
import { allOverCounted } from '../loss/meanOfCounted.js';
import { countedBy, type Judged } from './judged.js';

/**
 * A batch's loss without penalties: of the weighted losses of the examples, or of the steps that no mask hides, their mean (divided
 * by their number, whatever they weigh), or what the loss asks for in its place. What the loss itself ignores is hidden likewise. The
 * loss's own weight is left out.
 *
 * Source: `reduce_weighted_values` of Keras 3 (`losses/loss.py`).
 */
export function batchLoss(loss: Loss, all: Judged, mask: tf.Tensor2D | null): tf.Scalar {
  const { y, output, raw, weight } = countedBy(loss, all, mask);
  const losses =
    raw !== null && loss.fromLogits !== undefined ? loss.fromLogits(y, raw, output) : loss.perSample(y, output);
  const weighted = weight === null ? losses : tf.mul(losses, weight);
  if (loss.reduction === 'sum') return sumOf(weighted, output);
  const counts = loss.counts?.(y, output) ?? null;
  if (loss.reduction === 'mean_with_sample_weight' && (weight !== null || counts !== null)) {
    return divideNoNan(sumOf(weighted, output), totalWeight(weight, counts));
  }
  const shown = mask !== null && loss.perStep === true ? tf.reshape(tf.cast(mask, 'float32'), [mask.size]) : null;
  const valid = shown === null || counts === null ? (shown ?? counts) : tf.mul(shown, counts);
  const mean = tf.mean(weighted) as tf.Scalar;
  // Masked steps weigh 0, and what is ignored has the loss 0: the mean is that of the others as soon as it is divided by theirs.
  return valid === null ? mean : tf.mul(mean, allOverCounted(valid));
}

/** An example of several steps has a loss for each, of which the example's is the mean. */
const sumOf = (losses: tf.Tensor, { shape }: tf.Tensor): tf.Scalar =>
  tf.mul(
    tf.sum(losses),
    shape.slice(1, -1).reduce((product, length) => product * length, 1),
  );

/** Of all that counts, one each where there are no weights. */
function totalWeight(weight: tf.Tensor1D | null, counts: tf.Tensor | null): tf.Scalar {
  if (counts === null) return tf.sum(weight as tf.Tensor1D);
  if (weight === null) return tf.sum(counts);
  const ofExamples = tf.reshape(weight, [weight.size, ...counts.shape.slice(1).map(() => 1)]);
  return tf.sum(tf.mul(counts, ofExamples));
}

/** 0 where the divisor is. tfjs's own has no gradient on its tape, nor a finite one in TensorFlow. */
function divideNoNan(value: tf.Scalar, divisor: tf.Scalar): tf.Scalar {
  const isZero = tf.equal(divisor, 0);
  return tf.mul(tf.div(value, tf.where(isZero, 1, divisor)), tf.cast(tf.logicalNot(isZero), 'float32'));
}
