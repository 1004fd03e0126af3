import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { MOST_AXES, normalizeByMoving } from './batchNormalization.js';
import { type CallOptions, classOf, firstTensor } from './tfjsLayer.js';

type BatchNormalizationArgs = NonNullable<Parameters<typeof layers.batchNormalization>[0]>;
const TfjsBatchNormalization = classOf(layers.batchNormalization, {});

/** tfjs's BatchNormalization, whose inference mode takes no batches of volumes. */
export class BatchNormalization extends TfjsBatchNormalization {
  static readonly className = 'BatchNormalization';

  constructor(args: BatchNormalizationArgs = {}) {
    super(args);
  }

  override call(inputs: tf.Tensor | tf.Tensor[], options: CallOptions): tf.Tensor | tf.Tensor[] {
    const x = firstTensor(inputs);
    const isTfjss = x.rank <= MOST_AXES || options.training === true;
    return isTfjss ? super.call(inputs, { ...options }) : tf.tidy(() => normalizeByMoving(this, x));
  }
}
