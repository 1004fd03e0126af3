import * as tf from '@tensorflow/tfjs-core';
import { initializers, layers } from '@tensorflow/tfjs-layers';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { firstTensor, type LayerArgs, type LayerWeight, type Shape } from './tfjsLayer.js';

type Numbers = number | readonly Numbers[];

export type NormalizationArgs = LayerArgs & {
  /** The axis or axes that have a mean and a variance for each place; null or none: one of each for all. Default −1. */
  readonly axis?: number | readonly number[] | null;
  /** Numbers that are known; absent, they are weights, which a file brings. */
  readonly mean?: Numbers | null;
  readonly variance?: Numbers | null;
  /** Turns normalized numbers back. Default false. */
  readonly invert?: boolean;
};

/** Keras's `backend.epsilon()`, the smallest deviation. */
const SMALLEST = 1e-7;

/**
 * Keras's Normalization, which tfjs lacks: `(x − mean)/√variance` by fixed numbers, as `adapt` has left them in a file of
 * Keras. Training doesn't change them.
 */
export class Normalization extends layers.Layer {
  static readonly className = 'Normalization';
  readonly #args: NormalizationArgs;
  /** Mean and variance as weights. */
  #weights: readonly LayerWeight[] = [];

  /** @throws InvalidArgumentError where there is a mean without a variance or the other way round */
  constructor(args: NormalizationArgs = {}) {
    super(args);
    this.supportsMasking = true;
    this.#args = args;
    if ((args.mean == null) !== (args.variance == null)) {
      throw new InvalidArgumentError(`Normalization '${this.name}' needs both 'mean' and 'variance', or none.`);
    }
  }

  /** @throws InvalidArgumentError where the input has no such axis, or of unknown length */
  override build(shape: Shape | Shape[]): void {
    const input = shape as Shape;
    const kept = this.#keptAxes(input.length);
    const lengths = kept.map(axis => input[axis]);
    if (!lengths.every(length => typeof length === 'number')) {
      throw new InvalidArgumentError(
        `Normalization '${this.name}' has a mean for each place of axis ${this.#args.axis}; ` +
          `its input of shape [${input}] doesn't say how many there are.`,
      );
    }
    if (this.#args.mean == null) {
      const weight = (name: string, initializer: ReturnType<typeof initializers.zeros>) =>
        this.addWeight(name, lengths, 'float32', initializer, undefined, false);
      this.#weights = [weight('mean', initializers.zeros()), weight('variance', initializers.ones())];
      // Of no use, but Keras has it in its files.
      this.addWeight('count', [], 'int32', initializers.zeros(), undefined, false);
    }
    super.build(shape);
  }

  /** Those that have a mean and a variance for each place. */
  get axis(): readonly number[] {
    const { axis = -1 } = this.#args;
    return axis === null ? [] : [axis].flat();
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = firstTensor(inputs);
      const [mean, variance] = this.#moments(x.shape);
      const deviation = tf.maximum(tf.sqrt(variance), SMALLEST);
      return this.#args.invert ? tf.add(mean, tf.mul(x, deviation)) : tf.div(tf.sub(x, mean), deviation);
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { mean = null, variance = null, invert = false } = this.#args;
    return { ...super.getConfig(), axis: [...this.axis], mean, variance, invert } as tf.serialization.ConfigDict;
  }

  /** Mean and variance in a shape that goes with the input's. */
  #moments(shape: readonly number[]): readonly [tf.Tensor, tf.Tensor] {
    const kept = this.#keptAxes(shape.length);
    const { mean, variance } = this.#args;
    const given = mean == null || variance == null ? null : [tf.tensor(mean as number), tf.tensor(variance as number)];
    const tensors = given ?? this.#weights.map(weight => weight.read());
    const places = tensors[0].shape;
    // Fewer dimensions than axes belong to the last of them.
    const missing = kept.length - places.length;
    const broadcast = shape.map((_, axis) => (kept.includes(axis) ? (places[kept.indexOf(axis) - missing] ?? 1) : 1));
    const [a, b] = tensors.map(tensor => tf.reshape(tensor, broadcast));
    return [a, b];
  }

  #keptAxes(rank: number): readonly number[] {
    const axes = this.axis;
    const outside = axes.find(one => one < -rank || one >= rank);
    if (outside !== undefined) {
      throw new InvalidArgumentError(
        `Normalization '${this.name}' is along axis ${outside}, but its input has ${rank} axes.`,
      );
    }
    return axes.map(one => (one < 0 ? one + rank : one)).sort((a, b) => a - b);
  }
}
