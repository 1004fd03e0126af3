import * as tf from '@tensorflow/tfjs-core';
import { affineRows } from '../augment/affineRows.js';
import type { Augmentation } from '../augment/augmentation.js';
import { augmentKey } from '../augment/augmentKey.js';
import { imageExtents } from '../augment/imageShape.js';
import { sampleParameters } from '../augment/sampleParameters.js';
import type { RowBatch } from '../data/batch.js';
import type { InputSpec } from '../graph/graph.js';
import type { Tracer } from '../graph/tracer.js';
import { DataType, type TensorData } from '../native/dataType.js';
import { textAttribute, typeAttribute } from '../native/executor.js';
import { foldIn } from '../random/randomKey.js';

/** How a step augments a batch of rows: what it is fed beside their numbers, and how pictures change by it. */
export interface StepAugmentation {
  /** Equal where the same graph does it. */
  readonly key: string;
  readonly specs: readonly InputSpec[];
  readonly values: readonly TensorData[];
  /** @param pictures `[n, rows, columns, channels]`, float32, as the source stores them */
  trace(pictures: tf.Tensor4D, fed: readonly tf.Tensor[], tracer: Tracer): tf.Tensor;
}

/**
 * Whether a step can do it with the host's result: TensorFlow's kernel means the same by two of the four borders, and Keras's
 * brightness goes through 8 bits.
 */
export const canAugmentInStep = ({ dataFormat, fillMode, kerasCompat, brightnessRange }: Augmentation): boolean =>
  dataFormat === 'channelsLast' &&
  (fillMode === 'nearest' || fillMode === 'reflect') &&
  !(kerasCompat && brightnessRange !== null);

/**
 * Augmentation by TensorFlow's batch kernel, inside the step: `ImageProjectiveTransformV3` with a matrix a picture, then channel
 * shift and brightness. What is drawn is what the host draws. Pixels are the host's where both meet pixels exactly; between
 * pixels they differ by float32's rounding of coordinates, some 10⁻⁵ of a pixel.
 *
 * @throws InvalidArgumentError where the rows are no pictures
 */
export function augmentInStep(options: Augmentation, { source, rows, seed, epoch }: RowBatch): StepAugmentation {
  const { inputShape } = source;
  const extents = imageExtents(inputShape, options.dataFormat);
  const key = augmentKey(seed, epoch);
  const drawn = Array.from(rows, row => sampleParameters(options, foldIn(key, row), inputShape));
  const matrices = affineRows(drawn, extents.rows, extents.columns, options.kerasCompat);
  const shifts = options.channelShiftRange === 0 ? null : drawn.map(({ channelShift }) => channelShift ?? 0);
  const factors = options.brightnessRange === null ? null : drawn.map(({ brightness }) => brightness ?? 1);
  const perPicture = [shifts, factors].filter(values => values !== null);
  const { fillMode, interpolationOrder } = options;
  return {
    key: `${fillMode}:${interpolationOrder}:${shifts !== null}:${factors !== null}`,
    specs: [
      { shape: [rows.length, 8], dtype: DataType.float32 },
      ...perPicture.map(() => ({ shape: [rows.length, 1, 1, 1], dtype: DataType.float32 })),
    ],
    values: [matrices, ...perPicture.map(values => Float32Array.from(values))],
    trace(pictures, [matrix, ...more], tracer) {
      const warped = warp(pictures, matrix, options, tracer);
      const shifted = shifts === null ? warped : shiftChannels(warped, more[0]);
      if (factors === null) return shifted;
      const bright = tf.mul(shifted, more[more.length - 1]);
      return source.x.data instanceof Uint8Array ? tf.minimum(bright, 255) : bright;
    },
  };
}

function warp(
  pictures: tf.Tensor4D,
  matrix: tf.Tensor,
  { fillMode, interpolationOrder }: Augmentation,
  tracer: Tracer,
): tf.Tensor4D {
  const { shape } = pictures;
  const size = tf.tensor1d([shape[1], shape[2]], 'int32');
  const [warped] = tracer.add(
    'ImageProjectiveTransformV3',
    [
      typeAttribute('dtype', DataType.float32),
      textAttribute('interpolation', interpolationOrder === 0 ? 'NEAREST' : 'BILINEAR'),
      textAttribute('fill_mode', fillMode.toUpperCase()),
    ],
    [pictures, matrix, size, tf.scalar(0)].map(tensor => tracer.output(tensor)),
  );
  return tracer.tensor({ ...warped, shape }) as tf.Tensor4D;
}

function shiftChannels(pictures: tf.Tensor4D, amounts: tf.Tensor): tf.Tensor {
  const pixels = [1, 2, 3];
  const [low, high] = [tf.min(pictures, pixels, true), tf.max(pictures, pixels, true)];
  return tf.maximum(low, tf.minimum(high, tf.add(pictures, amounts)));
}
