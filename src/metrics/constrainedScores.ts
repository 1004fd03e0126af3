import * as tf from '@tensorflow/tfjs-core';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { countsAbove } from './countsAbove.js';
import { divideNoNan } from './meanMetric.js';
import type { Metric } from './metric.js';

export interface ConstrainedScoreOptions {
  readonly name?: string;
  /** Default 200, evenly spaced from 0 to 1; of one, 0.5. */
  readonly numThresholds?: number;
  /** Counts this class alone. Default: all outputs together. */
  readonly classId?: number | null;
}

/** Best sensitivity (share of positive labels found) at a specificity. Source: `confusion_metrics.py` of Keras 3, as all here. */
export const sensitivityAtSpecificity = (options: ConstrainedScoreOptions & { readonly specificity: number }): Metric =>
  best('sensitivity_at_specificity', recall, { specificity }, options.specificity, options);

/** Best specificity (share of negative labels taken for such) at a sensitivity. */
export const specificityAtSensitivity = (options: ConstrainedScoreOptions & { readonly sensitivity: number }): Metric =>
  best('specificity_at_sensitivity', specificity, { sensitivity: recall }, options.sensitivity, options);

/** Best precision (share of positive predictions that are right) at a recall. */
export const precisionAtRecall = (options: ConstrainedScoreOptions & { readonly recall: number }): Metric =>
  best('precision_at_recall', precision, { recall }, options.recall, options);

/** Best recall (share of positive labels found) at a precision. */
export const recallAtPrecision = (options: ConstrainedScoreOptions & { readonly precision: number }): Metric =>
  best('recall_at_precision', recall, { precision }, options.precision, options);

/** At one threshold: true and false positives, and how many labels are positive and negative. */
type Score = (tp: number, fp: number, positives: number, negatives: number) => number;

const recall: Score = (tp, _, positives) => divideNoNan(tp, positives);
const precision: Score = (tp, fp) => divideNoNan(tp, tp + fp);
const specificity: Score = (_, fp, __, negatives) => divideNoNan(negatives - fp, negatives);

/** The largest score among the thresholds at which another one reaches a value; 0 where none does. */
function best(
  standardName: string,
  score: Score,
  constraint: Readonly<Record<string, Score>>,
  least: number,
  { name = standardName, numThresholds = 200, classId }: ConstrainedScoreOptions,
): Metric {
  const [[constrainedName, constrained]] = Object.entries(constraint);
  if (!(least >= 0 && least <= 1)) {
    throw new InvalidArgumentError(`${constrainedName} of ${name} is ${least}; give a number from 0 to 1.`);
  }
  if (!Number.isInteger(numThresholds) || numThresholds < 1) {
    throw new InvalidArgumentError(`numThresholds of ${name} is ${numThresholds}; give a whole number from 1 on.`);
  }
  const thresholds =
    numThresholds === 1 ? [0.5] : Array.from({ length: numThresholds }, (_, i) => i / (numThresholds - 1));
  // All probabilities are above the first one: that counts the labels.
  const all = [-1, ...thresholds];
  return {
    name,
    direction: 'max',
    size: 2 * all.length,
    statistics: (yTrue, yPred, sampleWeight) =>
      tf.reshape(countsAbove(yTrue, yPred, sampleWeight, { thresholds: all, bounded: numThresholds > 1, classId }), [
        2 * all.length,
      ]),
    result: sums => {
      const [tp, fp] = [sums.subarray(0, all.length), sums.subarray(all.length)];
      const at = (of: Score, i: number): number => of(tp[i], fp[i], tp[0], fp[0]);
      const scores = thresholds.map((_, i) => (at(constrained, i + 1) >= least ? at(score, i + 1) : 0));
      return Math.max(...scores);
    },
  };
}
