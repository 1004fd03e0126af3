import * as tf from '@tensorflow/tfjs-core';
import { initializers } from '@tensorflow/tfjs-layers';
import { AttentionLayer, type AttentionLayerArgs, fits, shown } from './attentionLayer.js';
import type { AttentionMasks } from './attentionMasks.js';
import { layerProblem } from './layerProblem.js';
import { seenSteps } from './seenSteps.js';
import type { CallOptions, LayerWeight, Shape } from './tfjsLayer.js';

export type AdditiveAttentionArgs = AttentionLayerArgs & {
  /** Whether there is a factor that is learned: of scores, or of each channel where they are sums. */
  readonly useScale?: boolean;
};

export type AttentionArgs = AdditiveAttentionArgs & {
  /** How a score comes of query and key: their product, or the sum of their sum's tanh times a factor. Default `dot`. */
  readonly scoreMode?: 'dot' | 'concat';
};

/** What Keras takes from the scores of what is masked. */
const MASKED = 1e9;

/** Attention on query, value and key as they are, without heads. */
abstract class PlainAttention extends AttentionLayer {
  /** @throws InvalidArgumentError where shapes don't have three axes or don't fit each other */
  override build(shape: Shape | Shape[]): void {
    const shapes = this.shapes(shape);
    const [query, value, key] = shapes;
    if (shapes.some(one => one.length !== 3)) {
      throw layerProblem(this, `${shown(shapes)} need three axes: [batch, steps, channels]`);
    }
    if (!fits([value[1]], [key[1]])) throw layerProblem(this, `${shown(shapes)}: value and key need the same steps`);
    if (!fits([query[2]], [key[2]])) throw layerProblem(this, `${shown(shapes)}: query and key need as many channels`);
    super.build(shape);
  }

  override computeOutputShape(shape: Shape | Shape[]): Shape {
    const [query, value] = this.shapes(shape);
    return [query[0], query[1], value[value.length - 1]];
  }

  override call(inputs: tf.Tensor | tf.Tensor[], { training, mask }: CallOptions = {}): tf.Tensor {
    return tf.tidy(() => {
      const [query, value, key] = this.roles([inputs].flat());
      const masks = this.masks(mask, query);
      const weights = this.dropped(tf.softmax(this.#masked(this.scores(query, key), masks)), training);
      const attended = tf.matMul(weights, value);
      return masks.query === null ? attended : tf.mul(attended, tf.cast(tf.expandDims(masks.query, -1), 'float32'));
    });
  }

  /** `[batch, steps, steps of the key]`. */
  protected abstract scores(query: tf.Tensor, key: tf.Tensor): tf.Tensor;

  /** A step of the value that is masked is not seen; a mask of the query acts on what comes out. */
  #masked(scores: tf.Tensor, { value }: AttentionMasks): tf.Tensor {
    const [batch, steps, valueSteps] = scores.shape as [number, number, number];
    const band = { steps: [steps, valueSteps] as const, causal: this.useCausalMask };
    const seen = seenSteps({ query: null, value, key: null }, band);
    if (seen === null) return scores;
    const flat = tf.reshape(seen, [seen.shape[0] === batch ? batch : 1, seen.shape[2] as number, valueSteps]);
    return tf.where(flat, scores, tf.sub(scores, MASKED));
  }
}

/** The sum along the channels of `tanh(query + key)`, each of the query's steps with each of the key's. */
function sums(
  query: tf.Tensor,
  key: tf.Tensor,
  { scale, factor }: Readonly<Record<'scale' | 'factor', tf.Tensor | null>>,
): tf.Tensor {
  const sum = tf.add(tf.expandDims(query, 2), tf.expandDims(key, 1));
  const bent = tf.tanh(scale === null ? sum : tf.mul(sum, scale));
  return tf.sum(factor === null ? bent : tf.mul(bent, factor), -1);
}

/**
 * Keras's Attention (Luong): each step of the query `[batch, steps, channels]` gets a mean of the value's, by how well the key's fit
 * it. Called with `layer.apply([query, value])` or `[query, value, key]`; with `layer.apply(x)`, `x` attends to itself. Gives
 * `[batch, steps, channels of the value]`. A mask of the query makes its steps 0 and goes on; one of the value leaves its steps out.
 *
 * Source: Luong et al., "Effective Approaches to Attention-based Neural Machine Translation", 2015;
 * keras/src/layers/attention/attention.py.
 */
export class Attention extends PlainAttention {
  static readonly className = 'Attention';
  readonly #useScale: boolean;
  readonly #scoreMode: 'dot' | 'concat';
  #scale: LayerWeight | null = null;
  #factor: LayerWeight | null = null;

  /** @throws InvalidArgumentError where the score mode is unknown, or the rate of dropout isn't from [0, 1) */
  constructor(args: AttentionArgs = {}) {
    super(args);
    const { useScale = false, scoreMode = 'dot' } = args;
    [this.#useScale, this.#scoreMode] = [useScale, scoreMode];
    if (scoreMode !== 'dot' && scoreMode !== 'concat') {
      throw layerProblem(this, `its scoreMode is '${String(scoreMode)}'; known are 'dot' and 'concat'`);
    }
  }

  override build(shape: Shape | Shape[]): void {
    const weight = (name: string): LayerWeight => this.addWeight(name, [], 'float32', initializers.ones());
    if (this.#useScale) this.#scale = weight('scale');
    if (this.#scoreMode === 'concat') this.#factor = weight('concat_score_weight');
    super.build(shape);
  }

  protected override scores(query: tf.Tensor, key: tf.Tensor): tf.Tensor {
    const scale = this.#scale?.read() ?? null;
    if (this.#factor !== null) return tf.mul(sums(query, key, { scale, factor: null }), this.#factor.read());
    const scores = tf.matMul(query, key, false, true);
    return scale === null ? scores : tf.mul(scores, scale);
  }

  override getConfig(): tf.serialization.ConfigDict {
    // Keras opens no .h5 file that has the default.
    const mode = this.#scoreMode === 'dot' ? {} : { scoreMode: this.#scoreMode };
    return { ...super.getConfig(), useScale: this.#useScale, ...mode };
  }
}

/**
 * Keras's AdditiveAttention (Bahdanau): as {@link Attention}, but a score is the sum of `tanh(query + key)`, each channel times a factor
 * that is learned.
 *
 * Source: Bahdanau et al., "Neural Machine Translation by Jointly Learning to Align and Translate", 2015;
 * keras/src/layers/attention/additive_attention.py.
 */
export class AdditiveAttention extends PlainAttention {
  static readonly className = 'AdditiveAttention';
  readonly scaleInitializer = initializers.glorotUniform({});
  readonly #useScale: boolean;
  #scale: LayerWeight | null = null;

  /** @throws InvalidArgumentError where the rate of dropout isn't from [0, 1) */
  constructor(args: AdditiveAttentionArgs = {}) {
    super(args);
    this.#useScale = args.useScale ?? true;
  }

  /** @throws InvalidArgumentError where the number of channels is unknown */
  override build(shape: Shape | Shape[]): void {
    const [query] = this.shapes(shape);
    const channels = query[query.length - 1];
    if (channels === null) throw layerProblem(this, `its query of shape [${query}] needs a last axis of known length`);
    if (this.#useScale) this.#scale = this.addWeight('scale', [channels], 'float32', this.scaleInitializer);
    super.build(shape);
  }

  protected override scores(query: tf.Tensor, key: tf.Tensor): tf.Tensor {
    return sums(query, key, { scale: null, factor: this.#scale?.read() ?? null });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), useScale: this.#useScale };
  }
}
