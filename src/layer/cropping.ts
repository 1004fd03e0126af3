import * as tf from '@tensorflow/tfjs-core';
import { type ResizingArgs, ResizingLayer } from './resizingLayer.js';
import { type Sides, sidesConfig, sidesOf } from './sides.js';
import type { LayerArgs } from './tfjsLayer.js';

export type Cropping1DArgs = LayerArgs & {
  /** Steps left out at both ends, or at the beginning and at the end. Default 1. */
  readonly cropping?: number | Sides;
};

export type Cropping3DArgs = ResizingArgs & {
  /** Left out at both ends of all axes, of each, or at the beginning and at the end of each. Default 1. */
  readonly cropping?: number | readonly [number | Sides, number | Sides, number | Sides];
};

abstract class Cropping extends ResizingLayer {
  readonly #sides: readonly Sides[];

  /** @throws InvalidArgumentError where `cropping` is of another form, or not of whole numbers from 0 */
  constructor(args: Cropping1DArgs | Cropping3DArgs, spatialAxes: 1 | 3) {
    super(args, spatialAxes);
    this.#sides = sidesOf(args.cropping ?? 1, spatialAxes, `The 'cropping' of ${this.getClassName()}`);
  }

  protected override resizedLength(length: number, spatialAxis: number): number {
    const [before, after] = this.#sides[spatialAxis];
    return length - before - after;
  }

  protected override resize(x: tf.Tensor, firstAxis: number): tf.Tensor {
    const begin = x.shape.map((_, axis) => this.#sides[axis - firstAxis]?.[0] ?? 0);
    return tf.slice(x, begin, this.computeOutputShape(x.shape) as number[]);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), cropping: sidesConfig(this.#sides) };
  }
}

/** Keras's Cropping1D, which tfjs lacks: leaves out steps at both ends of sequences, `[batch, steps, features]`. */
export class Cropping1D extends Cropping {
  static readonly className = 'Cropping1D';

  constructor(args: Cropping1DArgs = {}) {
    super(args, 1);
  }
}

/** Keras's Cropping3D, which tfjs lacks: leaves out what lies at the sides of volumes or films, of rank 5. */
export class Cropping3D extends Cropping {
  static readonly className = 'Cropping3D';

  constructor(args: Cropping3DArgs = {}) {
    super(args, 3);
  }
}
