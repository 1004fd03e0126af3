import * as tf from '@tensorflow/tfjs-core';
import { type ResizingArgs, ResizingLayer } from './resizingLayer.js';
import { type Sides, sidesConfig, sidesOf } from './sides.js';

export type ZeroPadding1DArgs = ResizingArgs & {
  /** Zeros put at both ends, or at the beginning and at the end. Default 1. */
  readonly padding?: number | Sides;
};

export type ZeroPadding3DArgs = ResizingArgs & {
  /** Zeros put at both ends of all axes, of each, or at the beginning and at the end of each. Default 1. */
  readonly padding?: number | readonly [number | Sides, number | Sides, number | Sides];
};

abstract class ZeroPadding extends ResizingLayer {
  readonly #sides: readonly Sides[];

  /** @throws InvalidArgumentError where `padding` is of another form, or not of whole numbers from 0 */
  constructor(args: ZeroPadding1DArgs | ZeroPadding3DArgs, spatialAxes: 1 | 3) {
    super(args, spatialAxes);
    this.#sides = sidesOf(args.padding ?? 1, spatialAxes, `The 'padding' of ${this.getClassName()}`);
  }

  protected override resizedLength(length: number, spatialAxis: number): number {
    const [before, after] = this.#sides[spatialAxis];
    return before + length + after;
  }

  protected override resize(x: tf.Tensor, firstAxis: number): tf.Tensor {
    return tf.pad(
      x,
      x.shape.map((_, axis) => [...(this.#sides[axis - firstAxis] ?? [0, 0])] as [number, number]),
    );
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), padding: sidesConfig(this.#sides) };
  }
}

/** Keras's ZeroPadding1D, which tfjs lacks: puts zeros at both ends of sequences, of rank 3. */
export class ZeroPadding1D extends ZeroPadding {
  static readonly className = 'ZeroPadding1D';

  constructor(args: ZeroPadding1DArgs = {}) {
    super(args, 1);
  }
}

/** Keras's ZeroPadding3D, which tfjs lacks: puts zeros around volumes or films, of rank 5. */
export class ZeroPadding3D extends ZeroPadding {
  static readonly className = 'ZeroPadding3D';

  constructor(args: ZeroPadding3DArgs = {}) {
    super(args, 3);
  }
}
