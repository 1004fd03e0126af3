import type * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { classOf } from './tfjsLayer.js';

const Dropout = classOf(layers.dropout, { rate: 0 });

export type SpatialDropoutArgs = ConstructorParameters<typeof layers.Layer>[0] & {
  /** Fraction of the channels that is dropped, from [0, 1). */
  readonly rate: number;
  /** Where the channels stand. Default `channelsLast`. */
  readonly dataFormat?: 'channelsFirst' | 'channelsLast' | null;
};

/** Keras's SpatialDropout2D, which tfjs lacks: drops whole channels of pictures, not pixels. */
export class SpatialDropout2D extends Dropout {
  static readonly className: string = 'SpatialDropout2D';
  protected readonly rank: number = 4;
  readonly #dataFormat: 'channelsFirst' | 'channelsLast';

  /** @throws InvalidArgumentError where the rate isn't from [0, 1) */
  constructor(args: SpatialDropoutArgs) {
    super(args);
    if (!(args.rate >= 0 && args.rate < 1)) {
      throw new InvalidArgumentError(`The rate of a spatial dropout is ${args.rate}; it must be from [0, 1).`);
    }
    this.#dataFormat = args.dataFormat ?? 'channelsLast';
  }

  /** Read by tfjs's and by our own dropout: the mask is the same along axes of length 1. */
  getNoiseShape(input: tf.Tensor): number[] {
    if (input.rank !== this.rank) {
      throw new InvalidArgumentError(
        `${this.getClassName()} '${this.name}' got an input of shape [${input.shape}]; it needs ${this.rank} axes.`,
      );
    }
    const channels = this.#dataFormat === 'channelsFirst' ? 1 : this.rank - 1;
    return input.shape.map((length, axis) => (axis === 0 || axis === channels ? length : 1));
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), dataFormat: this.#dataFormat };
  }
}

/** Keras's SpatialDropout3D: drops whole channels of volumes or films. */
export class SpatialDropout3D extends SpatialDropout2D {
  static override readonly className = 'SpatialDropout3D';
  protected override readonly rank = 5;
}
