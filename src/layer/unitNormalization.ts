import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { firstTensor, type LayerArgs } from './tfjsLayer.js';

export type UnitNormalizationArgs = LayerArgs & {
  /** The axis or axes that are brought to length 1 together. Default −1, the last. */
  readonly axis?: number | readonly number[];
};

/** The least sum of squares that counts: a vector of zeros stays one, and its gradient is finite. */
const LEAST = 1e-24;

/** Keras's UnitNormalization, which tfjs lacks: divides by the Euclidean norm along an axis or axes. */
export class UnitNormalization extends layers.Layer {
  static readonly className = 'UnitNormalization';
  readonly axis: number | readonly number[];

  constructor(args: UnitNormalizationArgs = {}) {
    super(args);
    this.supportsMasking = true;
    this.axis = args.axis ?? -1;
  }

  /** @throws InvalidArgumentError where the input has no such axis */
  override computeOutputShape(shape: (number | null)[]): (number | null)[] {
    const outside = [this.axis].flat().find(axis => axis >= shape.length || axis < -shape.length);
    if (outside === undefined) return shape;
    throw new InvalidArgumentError(
      `UnitNormalization '${this.name}' is along axis ${outside}, but its input has shape [${shape}].`,
    );
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = firstTensor(inputs);
      const squares = tf.sum(tf.square(x), [this.axis].flat(), true);
      return tf.mul(x, tf.rsqrt(tf.maximum(squares, LEAST)));
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    const axis = this.axis;
    return { ...super.getConfig(), axis: typeof axis === 'number' ? axis : [...axis] };
  }
}
