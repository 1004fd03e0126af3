import * as tf from '@tensorflow/tfjs-core';
import { normalizationAttributes } from '../graph/completeNormalizations.js';
import { stopGradient } from '../graph/stopGradient.js';
import { watchNormalization } from '../graph/tellNaN.js';
import { currentTracer, type Tracer } from '../graph/tracer.js';
import { currentNative, type Native } from '../native/backend.js';
import { asPictures, type BatchNormalization } from './normalizeBatch.js';

/**
 * What `normalizeBatch` makes of a batch along its last axis, of one that is cut into shards: each is normalized by the mean and the
 * variance of all. In a trace only, which completes the gradients once they are there.
 */
export function normalizeShards(
  shards: readonly tf.Tensor[],
  { gamma, beta, epsilon, onStatistics }: BatchNormalization,
): tf.Tensor[] {
  const { backend } = currentNative() as Native;
  const tracer = currentTracer() as Tracer;
  const channels = shards[0].shape[shards[0].rank - 1];
  const [ones, zeros, unused] = [tf.ones([channels]), tf.zeros([channels]), tf.tensor1d([], 'float32')];
  const normalize = (x: tf.Tensor, isTraining: boolean, parameters: tf.Tensor[]): tf.Tensor[] => {
    const inputs = [asPictures(x), ...parameters];
    return backend.executeMultipleOutputs('FusedBatchNormV3', normalizationAttributes(epsilon, isTraining), inputs, 6);
  };
  const size = shards.reduce((sum, shard) => sum + shard.size, 0);
  const own = shards.map(shard => {
    // The last outputs but one are what the kernel keeps for its gradient: there the variance is the plain one.
    const [, mean, , , variance] = normalize(stopGradient(shard), true, [ones, zeros, unused, unused]);
    return { mean, variance, share: shard.size / size };
  });
  // By differences, which large means leave exact.
  const [{ mean: first }] = own;
  const parts = own.map(({ mean, ...rest }) => ({ difference: tf.sub(mean, first), ...rest }));
  const difference = tf.addN(parts.map(({ difference, share }) => tf.mul(difference, share)));
  const mean = stopGradient(tf.add(first, difference));
  const variance = stopGradient(
    tf.addN(
      parts.map(({ difference: ownDifference, variance, share }) =>
        tf.mul(tf.add(variance, tf.square(tf.sub(ownDifference, difference))), share),
      ),
    ),
  );
  onStatistics(mean as tf.Tensor1D, variance as tf.Tensor1D);
  tracer.normalizedTogether(mean, epsilon);
  const [scale, offset] = [gamma ?? ones, beta ?? zeros];
  const values = shards.map(shard => normalize(shard, false, [scale, offset, mean, variance])[0]);
  watchNormalization(values, [mean, scale, offset]);
  return values.map((value, i) => tf.reshape(value, shards[i].shape));
}
