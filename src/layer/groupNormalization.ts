import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { weightOptions } from './kernelOptions.js';
import { layerProblem } from './layerProblem.js';
import { type ScaleArgs, type ScaleOptions, scaleOptions } from './scaleOptions.js';
import { firstTensor, type LayerArgs, type LayerWeight, type Shape } from './tfjsLayer.js';

export type GroupNormalizationArgs = LayerArgs &
  ScaleArgs & {
    /** Into how many groups the channels are divided; −1: each is one. Default 32. */
    readonly groups?: number;
    /** Where the channels stand. Default −1, last. */
    readonly axis?: number;
    /** Added to the variance. Default 0.001. */
    readonly epsilon?: number;
    /** Whether there is an offset for each channel. Default true. */
    readonly center?: boolean;
    /** Whether there is a factor for each channel. Default true. */
    readonly scale?: boolean;
  };

/**
 * Keras's GroupNormalization: each example's groups of channels get mean 0 and variance 1, over all places and the group's channels, then
 * a scale and an offset for each channel. Any shape `[batch, …]`, which stays.
 *
 * Source: Wu and He, "Group Normalization", 2018; keras/src/layers/normalization/group_normalization.py.
 */
export class GroupNormalization extends layers.Layer {
  static readonly className = 'GroupNormalization';
  // Not private: what a layer's weights are drawn and held down by is found by these names.
  readonly gammaInitializer: ScaleOptions['gammaInitializer'];
  readonly betaInitializer: ScaleOptions['betaInitializer'];
  readonly gammaRegularizer: ScaleOptions['gammaRegularizer'];
  readonly betaRegularizer: ScaleOptions['betaRegularizer'];
  readonly #args: Required<Pick<GroupNormalizationArgs, 'groups' | 'axis' | 'epsilon' | 'center' | 'scale'>>;
  readonly #options: ScaleOptions;
  #gamma: LayerWeight | null = null;
  #beta: LayerWeight | null = null;

  /** @throws InvalidArgumentError where the number of groups is neither a whole number from 1 nor −1 */
  constructor(args: GroupNormalizationArgs = {}) {
    super(args);
    this.supportsMasking = true;
    const { groups = 32, axis = -1, epsilon = 1e-3, center = true, scale = true } = args;
    this.#args = { groups, axis, epsilon, center, scale };
    this.#options = scaleOptions(args);
    [this.gammaInitializer, this.betaInitializer] = [this.#options.gammaInitializer, this.#options.betaInitializer];
    [this.gammaRegularizer, this.betaRegularizer] = [this.#options.gammaRegularizer, this.#options.betaRegularizer];
    if (!Number.isInteger(groups) || (groups < 1 && groups !== -1)) {
      throw layerProblem(
        this,
        `its groups are ${groups}; give a whole number from 1, or -1 for as many as there are channels`,
      );
    }
  }

  /** @throws InvalidArgumentError where the input has no such axis, of unknown length, or one that can't be divided so */
  override build(shape: Shape | Shape[]): void {
    const input = shape as Shape;
    const { groups, axis, center, scale } = this.#args;
    const place = axis < 0 ? axis + input.length : axis;
    if (!(place >= 1 && place < input.length)) {
      throw layerProblem(
        this,
        `its axis is ${axis}, but its input has shape [${input}], of which the first axis is the batch`,
      );
    }
    const channels = input[place];
    if (channels === null || channels % (groups === -1 ? channels : groups) !== 0) {
      throw layerProblem(
        this,
        `its input of shape [${input}] can't be divided into ${groups} groups along axis ${axis}`,
      );
    }
    const { gammaInitializer, gammaRegularizer, gammaConstraint, ...options } = this.#options;
    const { betaInitializer, betaRegularizer, betaConstraint } = options;
    const [ofGamma, ofBeta] = [
      weightOptions(gammaInitializer, gammaRegularizer, gammaConstraint),
      weightOptions(betaInitializer, betaRegularizer, betaConstraint),
    ];
    if (scale) this.#gamma = this.addWeight('gamma', [channels], 'float32', ...ofGamma);
    if (center) this.#beta = this.addWeight('beta', [channels], 'float32', ...ofBeta);
    super.build(shape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = firstTensor(inputs);
      const { axis, epsilon } = this.#args;
      const place = axis < 0 ? axis + x.rank : axis;
      const channels = x.shape[place] as number;
      const groups = this.#args.groups === -1 ? channels : this.#args.groups;
      const { shape } = x;
      const grouped = tf.reshape(x, [...shape.slice(0, place), groups, channels / groups, ...shape.slice(place + 1)]);
      const axes = grouped.shape.map((_, i) => i).filter(i => i !== 0 && i !== place);
      const centred = tf.sub(grouped, tf.mean(grouped, axes, true));
      const variance = tf.mean(tf.square(centred), axes, true);
      const alone = grouped.shape.map((length, i) => (i === place || i === place + 1 ? length : 1));
      const factor = tf.rsqrt(tf.add(variance, epsilon));
      const [gamma, beta] = [this.#gamma, this.#beta].map(weight => weight && tf.reshape(weight.read(), alone));
      const scaled = tf.mul(centred, gamma == null ? factor : tf.mul(factor, gamma));
      return tf.reshape(beta == null ? scaled : tf.add(scaled, beta), x.shape);
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.#args, ...this.#options.config };
  }
}
