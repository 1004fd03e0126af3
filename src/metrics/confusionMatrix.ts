import * as tf from '@tensorflow/tfjs-core';
import { classPairs } from './classPairs.js';
import { classLabels } from './labelForms.js';
import { divideNoNan } from './meanMetric.js';
import type { Metric } from './metric.js';

export interface ConfusionMatrixOptions {
  readonly name?: string;
  /** Number of the model's outputs, two or more. */
  readonly classes: number;
}

export interface ConfusionMatrix extends Metric {
  /** From summed statistics: `matrix[class][predicted]`, by weight. */
  matrix(statistics: Float64Array): number[][];
}

/**
 * Which class is taken for which; its value is the share of examples on the diagonal, the accuracy.
 *
 * @example
 * const confusion = confusionMatrix({ classes: 3 });
 * const learner = createLearner({ model, optimizer: 'adam', loss: 'sparse_categorical_crossentropy', metrics: [confusion] });
 * // … once it is trained:
 * const sums = await firstValueFrom(evaluateStatistics({ learner, data: { source: validation, through: batch(100) } }));
 * console.table(confusion.matrix(sums.confusion_matrix));
 */
export function confusionMatrix({ name = 'confusion_matrix', classes }: ConfusionMatrixOptions): ConfusionMatrix {
  const matrix = (sums: Float64Array): number[][] =>
    Array.from({ length: classes }, (_, i) => Array.from(sums.subarray(i * classes, (i + 1) * classes)));
  return {
    name,
    direction: 'max',
    size: classes ** 2,
    statistics: (yTrue, yPred, sampleWeight) =>
      tf.reshape(classPairs(classLabels(yTrue, yPred), tf.argMax(yPred, -1), classes, sampleWeight), [classes ** 2]),
    matrix,
    result: sums => {
      const total = sums.reduce((sum, count) => sum + count, 0);
      const diagonal = matrix(sums).reduce((sum, row, i) => sum + row[i], 0);
      return divideNoNan(diagonal, total);
    },
  };
}
