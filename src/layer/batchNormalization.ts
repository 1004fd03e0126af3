import * as tf from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { batchMask } from './batchMask.js';
import type { PlacedLayer } from './innerLayers.js';
import { type BatchNormalization, normalizeBatch, normalizeBy } from './normalizeBatch.js';
import { normalizeShards } from './normalizeShards.js';
import type { LayerWeight } from './tfjsLayer.js';
import type { TrainingContext } from './trainingCalls.js';

/** What this needs of tfjs's class, which its types hide. */
interface TfjsBatchNormalization {
  readonly axis: number;
  readonly epsilon: number;
  readonly momentum: number;
  readonly gamma?: LayerWeight<tf.Tensor1D>;
  readonly beta?: LayerWeight<tf.Tensor1D>;
  readonly movingMean: LayerWeight<tf.Tensor1D>;
  readonly movingVariance: LayerWeight<tf.Tensor1D>;
}

/** Whether a layer normalizes by the statistics of its batch in training mode: a frozen one doesn't, as in Keras. */
export const isNormalizing = ({ layer, trainable }: PlacedLayer): boolean =>
  trainable && layer.getClassName() === 'BatchNormalization';

/** Whether all calls of a batch normalization keep the last axis. */
export function isAlongLastAxis(normalization: layers.Layer): boolean {
  const { axis } = normalization as unknown as TfjsBatchNormalization;
  return normalization.inboundNodes.every(({ inputTensors: [{ rank }] }) => axis === -1 || axis === rank - 1);
}

/** Training mode: a frozen layer works in inference mode; tfjs has no gradient of that where it is not scaled or not shifted. */
export function batchNormalization(
  layer: layers.Layer,
  x: tf.Tensor,
  { trainable, plainly, mask }: TrainingContext,
): tf.Tensor {
  const options = optionsOf(layer);
  if (trainable) return normalizeBatch(x, { ...options, mask: mask === null ? null : batchMask(layer, x, mask) });
  const isWhole = options.gamma !== null && options.beta !== null;
  return isWhole && x.rank <= MOST_AXES ? plainly(x) : normalizeByMoving(layer, x);
}

/** Of what tfjs's own normalizations take: batch normalization in inference mode, layer normalization always. */
export const MOST_AXES = 4;

/** Whether a layer normalizes what tfjs can't in inference mode: batches of volumes. */
export const normalizesVolumes = (layer: layers.Layer): boolean =>
  layer.getClassName() === 'BatchNormalization' &&
  layer.inboundNodes.some(({ inputTensors }) => inputTensors.some(({ rank }) => rank > MOST_AXES));

/** Inference mode, of a batch with any number of axes. */
export function normalizeByMoving(layer: layers.Layer, x: tf.Tensor): tf.Tensor {
  const { movingMean, movingVariance } = layer as unknown as TfjsBatchNormalization;
  return normalizeBy(x, movingMean.read(), movingVariance.read(), optionsOf(layer));
}

/** Training mode of a batch that is cut into shards. */
export const normalizeTogether = (layer: layers.Layer, shards: readonly tf.Tensor[]): tf.Tensor[] =>
  tf.tidy(() => normalizeShards(shards, optionsOf(layer)));

function optionsOf(layer: layers.Layer): BatchNormalization {
  const { axis, epsilon, momentum, gamma, beta, movingMean, movingVariance } =
    layer as unknown as TfjsBatchNormalization;
  const follow = (moving: LayerWeight<tf.Tensor1D>, value: tf.Tensor): void => {
    moving.write(tf.add(tf.mul(moving.read(), momentum), tf.mul(value, 1 - momentum)));
  };
  return {
    axis,
    epsilon,
    gamma: gamma?.read() ?? null,
    beta: beta?.read() ?? null,
    onStatistics: (mean, variance) => {
      follow(movingMean, mean);
      follow(movingVariance, variance);
    },
  };
}
