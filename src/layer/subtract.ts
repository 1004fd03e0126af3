import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import type { Shape } from './tfjsLayer.js';

/** Keras's Subtract, which tfjs lacks: the first of two inputs less the second, both of the same shape. */
export class Subtract extends layers.Layer {
  static readonly className = 'Subtract';

  override computeOutputShape(shapes: Shape | Shape[]): Shape {
    const [a, b, ...more] = shapes as Shape[];
    if (!Array.isArray(a) || !Array.isArray(b) || more.length > 0 || `${a}` !== `${b}`) {
      throw new InvalidArgumentError(
        `Subtract '${this.name}' takes two inputs of the same shape; it got ${JSON.stringify(shapes)}.`,
      );
    }
    return a;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [a, b] = inputs as tf.Tensor[];
    return tf.sub(a, b);
  }
}
