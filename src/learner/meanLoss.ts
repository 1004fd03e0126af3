import * as tf from '@tensorflow/tfjs-core';
import type { Loss } from '../loss/loss.js';
import { meanOfCounted } from '../loss/meanOfCounted.js';
import { countedBy, type Judged } from './judged.js';

/**
 * A batch's loss without penalties: weighted, but divided by the number of examples, or of steps that no mask hides.
 * Source: `reduce_weighted_values` of Keras 3 (`losses/loss.py`).
 */
export function meanLoss(loss: Loss, all: Judged, mask: tf.Tensor2D | null): tf.Scalar {
  const { y, output, raw, weight } = countedBy(loss, all, mask);
  const losses = raw !== null && loss.fromLogits !== undefined ? loss.fromLogits(y, raw) : loss.perSample(y, output);
  const weighted = weight === null ? losses : tf.mul(losses, weight);
  if (mask === null || loss.perStep !== true) return tf.mean(weighted);
  return tf.mean(meanOfCounted(weighted, tf.reshape(mask, [mask.size])));
}
