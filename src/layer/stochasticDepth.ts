import type * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { classOf, type LayerArgs } from './tfjsLayer.js';

const Dropout = classOf(layers.dropout, { rate: 0 });

/** Of the ConvNeXts among Keras's applications: drops whole examples from a branch, and makes up for it in the others. */
export class StochasticDepth extends Dropout {
  static readonly className = 'StochasticDepth';
  readonly #rate: number;

  /** @throws InvalidArgumentError where the rate isn't from [0, 1) */
  constructor(args: LayerArgs & { readonly dropPathRate: number }) {
    super({ ...args, rate: args.dropPathRate });
    this.#rate = args.dropPathRate;
    if (!(this.#rate >= 0 && this.#rate < 1)) {
      throw new InvalidArgumentError(`The rate of a stochastic depth is ${this.#rate}; it must be from [0, 1).`);
    }
  }

  /** Read by tfjs's and by our own dropout: the mask is the same along axes of length 1. */
  getNoiseShape(input: tf.Tensor): number[] {
    return input.shape.map((length, axis) => (axis === 0 ? length : 1));
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { rate: _, noiseShape: __, seed: ___, ...config } = super.getConfig();
    return { ...config, dropPathRate: this.#rate };
  }
}
