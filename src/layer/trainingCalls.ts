import * as tf from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { batchNormalization } from './batchNormalization.js';
import { convolve, convolveSeparably } from './convolve.js';
import { isBeyondTfjs, normalizeExamples } from './layerNormalization.js';
import { lookUp } from './lookUp.js';
import type { Seed } from './seed.js';
import { keepMask, statelessNormal, statelessUniform } from './statelessRandom.js';
import type { LayerWeight } from './tfjsLayer.js';

/** What a layer does with its input in training mode. */
export type TrainingCall = (layer: layers.Layer, x: tf.Tensor, context: TrainingContext) => tf.Tensor;

export interface TrainingContext {
  /** Neither the layer nor a model around it is frozen. */
  readonly trainable: boolean;
  /** A seed that nothing else in this step gets. */
  nextSeed(): Seed;
  /** What the layer itself makes of it in inference mode. Its own `call` would count its activity's penalty once more. */
  plainly(x: tf.Tensor): tf.Tensor;
  /** The mask that tfjs hands to the layer, whosever it is. */
  readonly mask: tf.Tensor | null;
}

/**
 * Training mode of the tfjs layers in which it is slow or wrong, by class name. tfjs draws dropout masks in JavaScript,
 * which a compiled step would freeze; its batch normalisation needs gamma and beta.
 */
export const trainingCalls: Readonly<Record<string, TrainingCall>> = {
  Dropout: dropout,
  SpatialDropout1D: dropout,
  SpatialDropout2D: dropout,
  SpatialDropout3D: dropout,
  StochasticDepth: dropout,
  GaussianNoise: (layer, x, { nextSeed }) => {
    const { stddev } = layer as unknown as { readonly stddev: number };
    return tf.add(x, tf.mul(statelessNormal(x.shape, nextSeed()), stddev));
  },
  GaussianDropout: (layer, x, { nextSeed }) => {
    const rate = rateOf(layer);
    if (!(rate > 0 && rate < 1)) return x;
    const deviation = Math.sqrt(rate / (1 - rate));
    return tf.mul(x, tf.add(tf.mul(statelessNormal(x.shape, nextSeed()), deviation), 1));
  },
  AlphaDropout: alphaDropout,
  BatchNormalization: batchNormalization,
  LayerNormalization: (layer, x, { plainly }) => (isBeyondTfjs(layer, x) ? normalizeExamples(layer, x) : plainly(x)),
  Conv1D: convolve,
  Conv2D: convolve,
  SeparableConv2D: convolveSeparably,
  Embedding: embedding,
};

const rateOf = (layer: layers.Layer): number => (layer as unknown as { readonly rate: number }).rate;

function dropout(layer: layers.Layer, x: tf.Tensor, { nextSeed }: TrainingContext): tf.Tensor {
  const rate = rateOf(layer);
  if (!(rate > 0 && rate < 1)) return x;
  const noiseShape = (layer as unknown as { getNoiseShape(x: tf.Tensor): number[] | undefined }).getNoiseShape(x);
  return tf.mul(x, keepMask(noiseShape ?? x.shape, rate, nextSeed()));
}

/** A frozen table needs no gradient. */
function embedding(layer: layers.Layer, x: tf.Tensor, { trainable, plainly }: TrainingContext): tf.Tensor {
  if (!trainable) return plainly(x);
  return lookUp((layer as unknown as { readonly embeddings: LayerWeight }).embeddings.read(), x);
}

/** The constants of SELU: Klambauer et al., "Self-Normalizing Neural Networks", 2017. */
const SELU_ALPHA = 1.6732632423543772;
const SELU_SCALE = 1.0507009873554805;

function alphaDropout(layer: layers.Layer, x: tf.Tensor, { nextSeed }: TrainingContext): tf.Tensor {
  const rate = rateOf(layer);
  if (!(rate > 0 && rate < 1)) return x;
  const { noiseShape } = layer as unknown as { readonly noiseShape?: number[] };
  const dropped = -SELU_ALPHA * SELU_SCALE;
  const a = ((1 - rate) * (1 + rate * dropped ** 2)) ** -0.5;
  const b = -a * dropped * rate;
  const kept = tf.cast(tf.greaterEqual(statelessUniform(noiseShape ?? x.shape, nextSeed()), rate), 'float32');
  const masked = tf.add(tf.mul(x, kept), tf.mul(tf.sub(1, kept), dropped));
  return tf.add(tf.mul(masked, a), b);
}
