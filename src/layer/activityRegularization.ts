import type * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { l1l2, setActivityRegularizer } from './activityRegularizer.js';
import { firstTensor, type LayerArgs } from './tfjsLayer.js';

export type ActivityRegularizationArgs = LayerArgs & {
  /** Factor of the sum of absolute values. Default 0. */
  readonly l1?: number;
  /** Factor of the sum of squares. Default 0. */
  readonly l2?: number;
};

/**
 * Keras's ActivityRegularization, which tfjs lacks: gives on its input, and adds `l1·Σ|x| + l2·Σx²`, divided by the batch
 * size, to the loss that a learner trains and evaluates.
 */
export class ActivityRegularization extends layers.Layer {
  static readonly className = 'ActivityRegularization';
  readonly #factors: { readonly l1: number; readonly l2: number };

  constructor({ l1 = 0, l2 = 0, ...args }: ActivityRegularizationArgs) {
    super(args);
    this.supportsMasking = true;
    this.#factors = { l1, l2 };
    setActivityRegularizer(this, l1l2(l1, l2));
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return firstTensor(inputs).clone();
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.#factors };
  }
}
