import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { MOST_AXES } from './batchNormalization.js';
import { classOf, firstTensor, type LayerWeight } from './tfjsLayer.js';

type LayerNormalizationArgs = NonNullable<Parameters<typeof layers.layerNormalization>[0]>;
const TfjsLayerNormalization = classOf(layers.layerNormalization, {});

/** What this needs of tfjs's class, which its types hide. */
interface Fields {
  /** Counted from the first one, the batch. */
  readonly axis: readonly number[];
  readonly epsilon: number;
  readonly gamma: LayerWeight | null;
  readonly beta: LayerWeight | null;
}

/** Whether tfjs's own has no gradient, as where it is not scaled or not shifted, or computes nothing, as with batches of volumes. */
export function isBeyondTfjs(layer: layers.Layer, { rank }: tf.Tensor): boolean {
  const { gamma, beta } = layer as unknown as Fields;
  return gamma == null || beta == null || rank > MOST_AXES;
}

/** What a LayerNormalization makes of a batch with any number of axes. */
export function normalizeExamples(layer: layers.Layer, x: tf.Tensor): tf.Tensor {
  const { axis, epsilon, gamma, beta } = layer as unknown as Fields;
  const shape = x.shape.map((dim, i) => (axis.includes(i) ? dim : 1));
  const centred = tf.sub(x, tf.mean(x, [...axis], true));
  const variance = tf.mean(tf.square(centred), [...axis], true);
  const normalized = tf.mul(centred, tf.rsqrt(tf.add(variance, epsilon)));
  const scaled = gamma == null ? normalized : tf.mul(normalized, tf.reshape(gamma.read(), shape));
  return beta == null ? scaled : tf.add(scaled, tf.reshape(beta.read(), shape));
}

/** tfjs's LayerNormalization, which takes no batches of volumes. */
export class LayerNormalization extends TfjsLayerNormalization {
  static readonly className = 'LayerNormalization';

  constructor(args: LayerNormalizationArgs = {}) {
    super(args);
  }

  override call(inputs: tf.Tensor | tf.Tensor[], options: object): tf.Tensor | tf.Tensor[] {
    const x = firstTensor(inputs);
    return x.rank > MOST_AXES ? tf.tidy(() => normalizeExamples(this, x)) : super.call(inputs, { ...options });
  }
}
