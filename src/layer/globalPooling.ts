import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { handedOrigins, isUnmasked } from './maskFlow.js';
import type { ResizingArgs } from './resizingLayer.js';
import { type CallOptions, firstTensor, type Shape } from './tfjsLayer.js';

export type GlobalPoolingArgs = ResizingArgs & {
  /** Leaves the axes that are pooled in the shape, with a length of 1. Default false. */
  readonly keepDims?: boolean;
};

/** Pools all places of sequences, pictures or volumes into one for each channel. */
abstract class GlobalPooling extends layers.Layer {
  readonly #dataFormat: 'channelsFirst' | 'channelsLast';
  protected readonly keepDims: boolean;

  /** @param spatialAxes how many axes are pooled: 1 of sequences, 2 of pictures, 3 of volumes */
  constructor(
    args: GlobalPoolingArgs,
    private readonly spatialAxes: 1 | 2 | 3,
  ) {
    super(args);
    this.#dataFormat = args.dataFormat ?? 'channelsLast';
    this.keepDims = args.keepDims ?? false;
  }

  /** @param axes those to be pooled */
  protected abstract pool(x: tf.Tensor, axes: number[], kwargs: CallOptions): tf.Tensor;

  override computeOutputShape(shape: Shape | Shape[]): Shape {
    const input = shape as Shape;
    const rank = this.spatialAxes + 2;
    if (input.length !== rank) {
      throw new InvalidArgumentError(
        `${this.getClassName()} '${this.name}' got an input of shape [${input}]; it needs ${rank} axes.`,
      );
    }
    const axes = this.#axes;
    if (this.keepDims) return input.map((length, axis) => (axes.includes(axis) ? 1 : length));
    return input.filter((_, axis) => !axes.includes(axis));
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: CallOptions = {}): tf.Tensor {
    return tf.tidy(() => this.pool(firstTensor(inputs), [...this.#axes], kwargs));
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), dataFormat: this.#dataFormat, keepDims: this.keepDims };
  }

  get #axes(): readonly number[] {
    const first = this.#dataFormat === 'channelsFirst' ? 2 : 1;
    return Array.from({ length: this.spatialAxes }, (_, i) => first + i);
  }
}

abstract class GlobalAveragePooling extends GlobalPooling {
  protected override pool(x: tf.Tensor, axes: number[], _: CallOptions): tf.Tensor {
    return tf.mean(x, axes, this.keepDims);
  }
}

abstract class GlobalMaxPooling extends GlobalPooling {
  protected override pool(x: tf.Tensor, axes: number[]): tf.Tensor {
    return tf.max(x, axes, this.keepDims);
  }
}

/** Keras's GlobalAveragePooling1D: the mean of each channel of sequences, of the steps that count where there is a mask. */
export class GlobalAveragePooling1D extends GlobalAveragePooling {
  static readonly className = 'GlobalAveragePooling1D';

  constructor(args: GlobalPoolingArgs = {}) {
    super(args, 1);
    this.supportsMasking = true;
  }

  protected override pool(x: tf.Tensor, axes: number[], kwargs: CallOptions): tf.Tensor {
    const [mask] = [kwargs.mask].flat();
    // Keras may have none where tfjs hands on another layer's.
    if (mask == null || isUnmasked(handedOrigins(this))) return super.pool(x, axes, kwargs);
    // Merges of tfjs give a mask one axis more.
    const counts = tf.expandDims(tf.cast(tf.reshape(mask, [x.shape[0], -1]), 'float32'), axes[0] === 1 ? 2 : 1);
    return tf.div(tf.sum(tf.mul(x, counts), axes, this.keepDims), tf.sum(counts, axes, this.keepDims));
  }

  override computeMask(): tf.Tensor {
    return null as unknown as tf.Tensor;
  }
}

/** Keras's GlobalAveragePooling2D: the mean of each channel of pictures; tfjs's own has no `keepDims`. */
export class GlobalAveragePooling2D extends GlobalAveragePooling {
  static readonly className = 'GlobalAveragePooling2D';

  constructor(args: GlobalPoolingArgs = {}) {
    super(args, 2);
  }
}

/** Keras's GlobalAveragePooling3D, which tfjs lacks: the mean of each channel of volumes or films, of rank 5. */
export class GlobalAveragePooling3D extends GlobalAveragePooling {
  static readonly className = 'GlobalAveragePooling3D';

  constructor(args: GlobalPoolingArgs = {}) {
    super(args, 3);
  }
}

/** Keras's GlobalMaxPooling1D: the largest number of each channel of sequences; tfjs's own has no `keepDims`. */
export class GlobalMaxPooling1D extends GlobalMaxPooling {
  static readonly className = 'GlobalMaxPooling1D';

  constructor(args: GlobalPoolingArgs = {}) {
    super(args, 1);
  }
}

/** Keras's GlobalMaxPooling2D: the largest number of each channel of pictures; tfjs's own has no `keepDims`. */
export class GlobalMaxPooling2D extends GlobalMaxPooling {
  static readonly className = 'GlobalMaxPooling2D';

  constructor(args: GlobalPoolingArgs = {}) {
    super(args, 2);
  }
}

/** Keras's GlobalMaxPooling3D, which tfjs lacks: the largest number of each channel of volumes or films, of rank 5. */
export class GlobalMaxPooling3D extends GlobalMaxPooling {
  static readonly className = 'GlobalMaxPooling3D';

  constructor(args: GlobalPoolingArgs = {}) {
    super(args, 3);
  }
}
