import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import type { ResizingArgs } from './resizingLayer.js';

type Shape = (number | null)[];

abstract class GlobalPooling3D extends layers.Layer {
  readonly #dataFormat: 'channelsFirst' | 'channelsLast';

  constructor(args: ResizingArgs) {
    super(args);
    this.#dataFormat = args.dataFormat ?? 'channelsLast';
  }

  protected abstract pool(x: tf.Tensor, axes: number[]): tf.Tensor;

  override computeOutputShape(shape: Shape | Shape[]): Shape {
    if (shape.length !== 5) {
      throw new InvalidArgumentError(
        `${this.getClassName()} '${this.name}' got an input of shape [${shape}]; it needs 5 axes.`,
      );
    }
    return [shape[0], shape[this.#dataFormat === 'channelsFirst' ? 1 : 4]] as Shape;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const first = this.#dataFormat === 'channelsFirst' ? 2 : 1;
    return this.pool(Array.isArray(inputs) ? inputs[0] : inputs, [first, first + 1, first + 2]);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), dataFormat: this.#dataFormat };
  }
}

/** Keras's GlobalAveragePooling3D, which tfjs lacks: the mean of each channel of volumes or films, of rank 5. */
export class GlobalAveragePooling3D extends GlobalPooling3D {
  static readonly className = 'GlobalAveragePooling3D';

  protected override pool(x: tf.Tensor, axes: number[]): tf.Tensor {
    return tf.mean(x, axes);
  }
}

/** Keras's GlobalMaxPooling3D, which tfjs lacks: the largest number of each channel of volumes or films, of rank 5. */
export class GlobalMaxPooling3D extends GlobalPooling3D {
  static readonly className = 'GlobalMaxPooling3D';

  protected override pool(x: tf.Tensor, axes: number[]): tf.Tensor {
    return tf.max(x, axes);
  }
}
