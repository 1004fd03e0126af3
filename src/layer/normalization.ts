import * as tf from '@tensorflow/tfjs-core';
import { initializers, layers } from '@tensorflow/tfjs-layers';
import type { HostArray } from '../array/hostArray.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { type AxisMoments, axisMoments } from './axisMoments.js';
import { firstTensor, type LayerArgs, type LayerWeight, type Shape } from './tfjsLayer.js';

type Numbers = number | readonly Numbers[];

export type NormalizationArgs = LayerArgs & {
  /** The axis or axes that have a mean and a variance for each place; null or none: one of each for all. Default −1. */
  readonly axis?: number | readonly number[] | null;
  /** Numbers that are known; absent, they are weights, which {@link Normalization.adapt} or a file brings. */
  readonly mean?: Numbers | null;
  readonly variance?: Numbers | null;
  /** Turns normalized numbers back. Default false. */
  readonly invert?: boolean;
};

/** Keras's `backend.epsilon()`, the smallest deviation. */
const SMALLEST = 1e-7;

/**
 * Keras's Normalization, which tfjs lacks: `(x − mean)/√variance` by fixed numbers, those of the data that it is adapted to. Training
 * doesn't change them, and a model's file has them.
 *
 * @example
 * const normalization = new Normalization({ inputShape: [3] });
 * normalization.adapt(training.x); // of fromArrays(…), or any { data, shape }
 * const model = sequential({ layers: [normalization, layers.dense({ units: 1 })] });
 */
export class Normalization extends layers.Layer {
  static readonly className = 'Normalization';
  readonly #args: NormalizationArgs;
  /** Mean and variance as weights. */
  #weights: readonly LayerWeight[] = [];
  #adapted: AxisMoments | undefined;

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
      this.#storeAdapted();
    }
    super.build(shape);
  }

  /**
   * Takes mean and variance of data, before a learner has the model; before or after the layer is built.
   *
   * @param x `[rows, …]`, as the layer gets it: those of a source with `scaling` are not scaled yet
   * @throws InvalidArgumentError where the layer has its numbers, or the data have none that are finite, or of another shape than its input
   */
  adapt(x: HostArray): void {
    if (this.#args.mean != null) {
      throw new InvalidArgumentError(
        `Normalization '${this.name}' has got its mean and variance, so it can't be adapted.`,
      );
    }
    const adapted = axisMoments(x, this.#keptAxes(x.shape.length));
    const place = adapted.variance.findIndex(value => !Number.isFinite(value));
    if (x.data.length === 0 || place >= 0) {
      throw new InvalidArgumentError(
        `Normalization '${this.name}' can't be adapted to data ` +
          (x.data.length === 0
            ? 'without rows.'
            : `with NaN or infinite values, here in place ${place} of axis ${this.axis}.`),
      );
    }
    this.#adapted = adapted;
    this.#storeAdapted();
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

  /** Once it is built. */
  #storeAdapted(): void {
    const adapted = this.#adapted;
    if (adapted === undefined) return;
    for (const [i, weight] of this.#weights.entries()) {
      if (String(weight.shape) !== String(adapted.shape)) {
        throw new InvalidArgumentError(
          `Normalization '${this.name}' has [${weight.shape}] means, but the data that it is adapted to have [${adapted.shape}].`,
        );
      }
      const values = i === 0 ? adapted.mean : adapted.variance;
      tf.tidy(() => void weight.write(tf.tensor(Float32Array.from(values), [...adapted.shape])));
    }
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
