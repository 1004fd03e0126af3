import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { firstTensor, type LayerArgs, type Shape } from './tfjsLayer.js';

export type ResizingArgs = LayerArgs & {
  /** Where the channels stand. Default `channelsLast`. */
  readonly dataFormat?: 'channelsFirst' | 'channelsLast' | null;
};

/** What layers share that make sequences or volumes longer or shorter along each axis but those of batch and channels. */
export abstract class ResizingLayer extends layers.Layer {
  readonly #dataFormat: ResizingArgs['dataFormat'];

  /** @param spatialAxes how many axes are resized: 1 of sequences, 3 of volumes */
  constructor(
    args: ResizingArgs,
    protected readonly spatialAxes: 1 | 3,
  ) {
    super(args);
    this.#dataFormat = args.dataFormat;
  }

  /** What becomes of a length along the spatial axis of this number, counted from 0. */
  protected abstract resizedLength(length: number, spatialAxis: number): number;

  /** @param firstAxis where the spatial axes begin */
  protected abstract resize(x: tf.Tensor, firstAxis: number): tf.Tensor;

  override computeOutputShape(shape: Shape | Shape[]): Shape {
    const input = shape as Shape;
    const problem = (text: string): InvalidArgumentError =>
      new InvalidArgumentError(`${this.getClassName()} '${this.name}' got an input of shape [${input}]; ${text}.`);
    if (input.length !== this.spatialAxes + 2) throw problem(`it needs ${this.spatialAxes + 2} axes`);
    return input.map((length, axis) => {
      const spatialAxis = axis - this.#firstAxis;
      if (length === null || spatialAxis < 0 || spatialAxis >= this.spatialAxes) return length;
      const resized = this.resizedLength(length, spatialAxis);
      if (resized > 0) return resized;
      throw problem(`it would leave nothing of axis ${axis}`);
    });
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => this.resize(firstTensor(inputs), this.#firstAxis));
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...(this.#dataFormat ? { dataFormat: this.#dataFormat } : {}) };
  }

  get #firstAxis(): number {
    return this.#dataFormat === 'channelsFirst' ? 2 : 1;
  }
}
