import * as tf from '@tensorflow/tfjs-core';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { EPSILON } from '../loss/lossFunctions.js';
import { classPairs } from './classPairs.js';
import { classLabels, denseLabels } from './labelForms.js';
import type { Metric } from './metric.js';

export interface MeanIoUOptions {
  readonly name?: string;
  readonly numClasses: number;
  /** Examples of this class are not counted. */
  readonly ignoreClass?: number | null;
  /** Whether predictions are class numbers. Default true, as in Keras; a model that ends in a softmax needs false. */
  readonly sparseYPred?: boolean;
}

export interface IoUOptions extends MeanIoUOptions {
  /** The classes whose mean is taken. */
  readonly targetClassIds: readonly number[];
}

export interface BinaryIoUOptions {
  readonly name?: string;
  /** The classes whose mean is taken. Default both, 0 and 1. */
  readonly targetClassIds?: readonly number[];
  /** Predictions from it on are class 1. Default 0.5. */
  readonly threshold?: number;
}

/**
 * Of some classes: the share that label and prediction have in common of what is either, as a mean over the classes that
 * occur. Labels are class numbers or one-hot rows. Source: `iou_metrics.py` of Keras 3, as all here; there, weights of
 * examples are cut to whole numbers.
 */
export const iou = (options: IoUOptions): Metric => {
  const { name = 'io_u', sparseYPred = true } = options;
  return intersectionOverUnion(name, options, options.targetClassIds, (y, p) =>
    sparseYPred ? [y, p] : [classLabels(y, p), tf.argMax(p, -1)],
  );
};

/** {@link iou} of all classes. */
export const meanIoU = ({ name = 'mean_io_u', ...options }: MeanIoUOptions): Metric =>
  iou({ ...options, name, targetClassIds: Array.from({ length: options.numClasses }, (_, i) => i) });

/** {@link iou} of predictions with one value a class. */
export const oneHotIoU = ({ name = 'one_hot_io_u', sparseYPred = false, ...options }: IoUOptions): Metric =>
  iou({ ...options, name, sparseYPred });

/** {@link meanIoU} of predictions with one value a class. */
export const oneHotMeanIoU = ({
  name = 'one_hot_mean_io_u',
  sparseYPred = false,
  ...options
}: MeanIoUOptions): Metric => meanIoU({ ...options, name, sparseYPred });

/** {@link iou} of predictions that are probabilities of class 1. */
export const binaryIoU = (options: BinaryIoUOptions = {}): Metric => {
  const { name = 'binary_io_u', targetClassIds = [0, 1], threshold = 0.5 } = options;
  return intersectionOverUnion(name, { numClasses: 2 }, targetClassIds, (y, p) => [
    denseLabels(y, p),
    tf.greaterEqual(p, tf.scalar(threshold)),
  ]);
};

function intersectionOverUnion(
  name: string,
  { numClasses, ignoreClass }: Pick<MeanIoUOptions, 'numClasses' | 'ignoreClass'>,
  targetClassIds: readonly number[],
  classNumbers: (yTrue: tf.Tensor, yPred: tf.Tensor) => [labels: tf.Tensor, predicted: tf.Tensor],
): Metric {
  for (const id of targetClassIds) {
    if (!(id >= 0 && id < numClasses)) {
      throw new InvalidArgumentError(
        `targetClassIds of ${name} has ${id}; there are the classes 0 to ${numClasses - 1}.`,
      );
    }
  }
  return {
    name,
    direction: 'max',
    size: numClasses ** 2,
    statistics: (yTrue, yPred, sampleWeight) => {
      const [labels, predicted] = classNumbers(yTrue, yPred).map(numbers => tf.cast(numbers, 'int32'));
      const counted =
        ignoreClass == null ? labels : tf.where(tf.equal(labels, ignoreClass), tf.scalar(-1, 'int32'), labels);
      return tf.reshape(classPairs(counted, predicted, numClasses, sampleWeight), [numClasses ** 2]);
    },
    result: pairs => {
      let [sum, occurring] = [0, 0];
      for (const id of targetClassIds) {
        let either = -pairs[id * numClasses + id];
        for (let i = 0; i < numClasses; i++) either += pairs[id * numClasses + i] + pairs[i * numClasses + id];
        if (either <= 1e-9) continue;
        sum += pairs[id * numClasses + id] / (either + EPSILON);
        occurring++;
      }
      return sum / (occurring + EPSILON);
    },
  };
}
