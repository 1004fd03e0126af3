import * as tf from '@tensorflow/tfjs-core';
import { sizeOf } from '../array/hostArray.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { type ResizingArgs, ResizingLayer } from './resizingLayer.js';
import type { LayerArgs } from './tfjsLayer.js';

export type UpSampling1DArgs = LayerArgs & {
  /** How often each step is repeated. Default 2. */
  readonly size?: number;
};

export type UpSampling3DArgs = ResizingArgs & {
  /** How often everything is repeated along all axes, or along each. Default 2. */
  readonly size?: number | readonly [number, number, number];
};

abstract class UpSampling extends ResizingLayer {
  readonly #size: readonly number[];

  /** @throws InvalidArgumentError where `size` isn't of whole numbers from 1 */
  constructor(args: UpSampling1DArgs | UpSampling3DArgs, spatialAxes: 1 | 3) {
    super(args, spatialAxes);
    const { size = 2 } = args;
    this.#size = typeof size === 'number' ? Array(this.spatialAxes).fill(size) : size;
    const valid = this.#size.length === this.spatialAxes && this.#size.every(n => Number.isInteger(n) && n > 0);
    if (!valid) {
      throw new InvalidArgumentError(
        `The 'size' of ${this.getClassName()} is ${JSON.stringify(size)}; it needs a whole number from 1` +
          `${this.spatialAxes === 1 ? '' : `, or ${this.spatialAxes} of them`}.`,
      );
    }
  }

  protected override resizedLength(length: number, spatialAxis: number): number {
    return length * this.#size[spatialAxis];
  }

  protected override resize(x: tf.Tensor, firstAxis: number): tf.Tensor {
    return this.#size.reduce((y, times, i) => repeat(y, times, firstAxis + i), x.clone());
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), size: this.spatialAxes === 1 ? this.#size[0] : [...this.#size] };
  }
}

/** Each slice of an axis so many times, one after the other. More than four axes can't be tiled with a gradient. */
function repeat(x: tf.Tensor, times: number, axis: number): tf.Tensor {
  const [before, after] = [x.shape.slice(0, axis), x.shape.slice(axis + 1)];
  const rows = tf.reshape(x, [sizeOf(before) * x.shape[axis], 1, sizeOf(after)]);
  return tf.reshape(tf.tile(rows, [1, times, 1]), [...before, x.shape[axis] * times, ...after]);
}

/** Keras's UpSampling1D, which tfjs lacks: repeats each step of sequences, `[batch, steps, features]`. */
export class UpSampling1D extends UpSampling {
  static readonly className = 'UpSampling1D';

  constructor(args: UpSampling1DArgs = {}) {
    super(args, 1);
  }
}

/** Keras's UpSampling3D, which tfjs lacks: repeats each slice of volumes or films along three axes, of rank 5. */
export class UpSampling3D extends UpSampling {
  static readonly className = 'UpSampling3D';

  constructor(args: UpSampling3DArgs = {}) {
    super(args, 3);
  }
}
