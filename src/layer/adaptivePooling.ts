import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { sizeOf } from '../array/hostArray.js';
import { layerProblem } from './layerProblem.js';
import type { ResizingArgs } from './resizingLayer.js';
import { firstTensor, type Shape } from './tfjsLayer.js';

export type AdaptivePoolingArgs = ResizingArgs & {
  /** Lengths of what comes out along the spatial axes; a number counts for all. */
  readonly outputSize: number | readonly number[];
};

/**
 * Pools sequences, pictures or volumes to a given size: of so many windows along each axis, the one numbered `i` of `n` reaches from
 * `⌊i · length / n⌋` to `⌈(i + 1) · length / n⌉`, so that neighbours may overlap.
 *
 * Source: keras/src/layers/pooling/base_adaptive_pooling.py.
 */
abstract class AdaptivePooling extends layers.Layer {
  readonly #outputSize: readonly number[];
  readonly #dataFormat: 'channelsFirst' | 'channelsLast';

  /** @throws InvalidArgumentError where the size isn't of whole numbers from 1, one for each spatial axis */
  constructor(
    { outputSize, dataFormat, ...args }: AdaptivePoolingArgs,
    private readonly pooling: 'average' | 'max',
    private readonly spatialAxes: 1 | 2 | 3,
  ) {
    super(args);
    this.#dataFormat = dataFormat ?? 'channelsLast';
    this.#outputSize = typeof outputSize === 'number' ? new Array(spatialAxes).fill(outputSize) : [...outputSize];
    const isSize = (length: number): boolean => Number.isInteger(length) && length >= 1;
    if (this.#outputSize.length !== spatialAxes || !this.#outputSize.every(isSize)) {
      throw layerProblem(
        this,
        `its outputSize is ${outputSize}; it must be a whole number from 1, or a list of ${spatialAxes}`,
      );
    }
  }

  /** @throws InvalidArgumentError where the input has another number of axes, or a spatial one of unknown length */
  override computeOutputShape(shape: Shape | Shape[]): Shape {
    const input = shape as Shape;
    const first = this.#dataFormat === 'channelsFirst' ? 2 : 1;
    const spatial = input.slice(first, first + this.spatialAxes);
    if (input.length !== this.spatialAxes + 2 || spatial.includes(null)) {
      throw layerProblem(
        this,
        `it got an input of shape [${input}]; it needs ${this.spatialAxes + 2} axes, and all lengths but the batch and the channels`,
      );
    }
    return [...input.slice(0, first), ...this.#outputSize, ...input.slice(first + this.spatialAxes)];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = firstTensor(inputs);
      const axes = x.shape.map((_, axis) => axis);
      const [toLast, back] = [
        [...axes.filter(axis => axis !== 1), 1],
        [0, x.rank - 1, ...axes.slice(1, -1)],
      ];
      const isLast = this.#dataFormat === 'channelsLast';
      const last = isLast ? x : tf.transpose(x, toLast);
      const pooled = this.#outputSize.reduce((y, length, i) => poolAxis(y, i + 1, length, this.pooling), last);
      return isLast ? pooled : tf.transpose(pooled, back);
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), outputSize: [...this.#outputSize], dataFormat: this.#dataFormat };
  }
}

/** Along one axis, of which channels are the last: as rows of pictures. */
function poolAxis(x: tf.Tensor, axis: number, count: number, pooling: 'average' | 'max'): tf.Tensor {
  const [before, [length, ...after]] = [x.shape.slice(0, axis), x.shape.slice(axis) as [number, ...number[]]];
  const channels = after[after.length - 1] as number;
  const rows = tf.reshape(x, [sizeOf(before), length, sizeOf(after) / channels, channels]) as tf.Tensor4D;
  const pool = pooling === 'average' ? tf.avgPool : tf.maxPool;
  const windows = Array.from({ length: count }, (_, i) => {
    const start = Math.floor((i * length) / count);
    return { start, size: Math.ceil(((i + 1) * length) / count) - start };
  });
  const isEven = length % count === 0;
  const size = length / count;
  const pooled = isEven
    ? pool(rows, [size, 1], [size, 1], 'valid')
    : tf.concat(
        windows.map(window => {
          const part = tf.slice(rows, [0, window.start, 0, 0], [-1, window.size, -1, -1]);
          return pool(part, [window.size, 1], 1, 'valid');
        }),
        1,
      );
  return tf.reshape(pooled, [...before, count, ...after]);
}

/** Keras's AdaptiveAveragePooling1D: means of windows, so that sequences come to a given length. */
export class AdaptiveAveragePooling1D extends AdaptivePooling {
  static readonly className = 'AdaptiveAveragePooling1D';

  constructor(args: AdaptivePoolingArgs) {
    super(args, 'average', 1);
  }
}

/** Keras's AdaptiveAveragePooling2D: means of windows, so that pictures come to a given size. */
export class AdaptiveAveragePooling2D extends AdaptivePooling {
  static readonly className = 'AdaptiveAveragePooling2D';

  constructor(args: AdaptivePoolingArgs) {
    super(args, 'average', 2);
  }
}

/** Keras's AdaptiveAveragePooling3D: means of windows, so that volumes come to a given size. */
export class AdaptiveAveragePooling3D extends AdaptivePooling {
  static readonly className = 'AdaptiveAveragePooling3D';

  constructor(args: AdaptivePoolingArgs) {
    super(args, 'average', 3);
  }
}

/** Keras's AdaptiveMaxPooling1D: the largest numbers of windows, so that sequences come to a given length. */
export class AdaptiveMaxPooling1D extends AdaptivePooling {
  static readonly className = 'AdaptiveMaxPooling1D';

  constructor(args: AdaptivePoolingArgs) {
    super(args, 'max', 1);
  }
}

/** Keras's AdaptiveMaxPooling2D: the largest numbers of windows, so that pictures come to a given size. */
export class AdaptiveMaxPooling2D extends AdaptivePooling {
  static readonly className = 'AdaptiveMaxPooling2D';

  constructor(args: AdaptivePoolingArgs) {
    super(args, 'max', 2);
  }
}

/** Keras's AdaptiveMaxPooling3D: the largest numbers of windows, so that volumes come to a given size. */
export class AdaptiveMaxPooling3D extends AdaptivePooling {
  static readonly className = 'AdaptiveMaxPooling3D';

  constructor(args: AdaptivePoolingArgs) {
    super(args, 'max', 3);
  }
}
