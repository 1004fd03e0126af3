import * as tf from '@tensorflow/tfjs-core';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { countsAbove } from './countsAbove.js';
import { divideNoNan } from './meanMetric.js';
import type { Metric } from './metric.js';

export interface AucOptions {
  readonly name?: string;
  /** Default 200, evenly spaced from 0 to 1. */
  readonly numThresholds?: number;
  /** Thresholds between 0 and 1, in place of evenly spaced ones. */
  readonly thresholds?: readonly number[] | null;
  /** `PRGAIN`: precision and recall as gains over always saying yes. Default `ROC`. */
  readonly curve?: 'ROC' | 'PR' | 'PRGAIN';
  readonly summationMethod?: 'interpolation' | 'minoring' | 'majoring';
  /** The mean of the outputs' own areas. Default: all outputs count as one long list. */
  readonly multiLabel?: boolean;
  /** Number of the model's outputs; needed for `multiLabel`. */
  readonly numLabels?: number | null;
  /** How much each output counts. */
  readonly labelWeights?: readonly number[] | null;
  /** Whether predictions are logits. Default: probabilities. */
  readonly fromLogits?: boolean;
}

/**
 * Area under the ROC or the precision-recall curve by a sum over thresholds. Source: `AUC` of Keras 3
 * (`confusion_metrics.py`); the interpolation of precision after Davis and Goadrich 2006, the gains after Flach and Kull
 * 2015.
 *
 * @throws InvalidArgumentError where there are fewer than two thresholds, or the number of labels is needed and missing
 */
export function auc(options: AucOptions = {}): Metric {
  const { name = 'auc', curve = 'ROC', summationMethod = 'interpolation', fromLogits = false } = options;
  const { multiLabel = false, labelWeights = null } = options;
  const thresholds = thresholdsOf(name, options);
  const labels = multiLabel ? options.numLabels : 1;
  if (labels == null) {
    throw new InvalidArgumentError(`${name} is of several labels; give their number as numLabels.`);
  }
  const bounded = isEven(thresholds);
  const counts = { thresholds, bounded, separate: multiLabel, outputWeights: multiLabel ? null : labelWeights };
  const count = thresholds.length;
  const areaOf =
    curve === 'PR' && summationMethod === 'interpolation'
      ? interpolatedPrecisionRecall
      : (tp: Float64Array, fp: Float64Array) => area(CURVES[curve](tp, fp), HEIGHTS[summationMethod]);
  return {
    name,
    direction: 'max',
    size: 2 * count * labels,
    statistics: (yTrue, yPred, sampleWeight) => {
      const probabilities = fromLogits ? tf.sigmoid(yPred) : yPred;
      return tf.reshape(countsAbove(yTrue, probabilities, sampleWeight, counts), [2 * count * labels]);
    },
    result: sums => {
      let [total, weights] = [0, 0];
      for (let label = 0; label < labels; label++) {
        const [tp, fp] = [2 * label, 2 * label + 1].map(i => sums.subarray(i * count, (i + 1) * count));
        const weight = multiLabel ? (labelWeights?.[label] ?? 1) : 1;
        total += weight * areaOf(tp, fp);
        weights += weight;
      }
      return divideNoNan(total, weights);
    },
  };
}

/** In growing order, with one below and one above all probabilities. */
function thresholdsOf(name: string, { thresholds, numThresholds = 200 }: AucOptions): readonly number[] {
  if (thresholds == null && (!Number.isInteger(numThresholds) || numThresholds < 2)) {
    throw new InvalidArgumentError(`numThresholds of ${name} is ${numThresholds}; give a whole number from 2 on.`);
  }
  const inner = thresholds ?? Array.from({ length: numThresholds - 2 }, (_, i) => (i + 1) / (numThresholds - 1));
  const epsilon = 1e-7;
  return [-epsilon, ...[...inner].sort((a, b) => a - b), 1 + epsilon];
}

/** As Keras tells it. */
const isEven = (thresholds: readonly number[]): boolean =>
  thresholds.every((threshold, i) => {
    const even = i / (thresholds.length - 1);
    return Math.abs(threshold - even) <= 2e-7 + 1e-5 * even;
  });

/** Where the area is taken: from true and false positives at each threshold, the first of which are those of all labels. */
type Curve = (tp: Float64Array, fp: Float64Array) => readonly [x: readonly number[], y: readonly number[]];

const recallOf = (tp: Float64Array): number[] => Array.from(tp, count => divideNoNan(count, tp[0]));

const CURVES: Readonly<Record<NonNullable<AucOptions['curve']>, Curve>> = {
  ROC: (tp, fp) => [Array.from(fp, count => divideNoNan(count, fp[0])), recallOf(tp)],
  PR: (tp, fp) => [recallOf(tp), Array.from(tp, (count, i) => divideNoNan(count, count + fp[i]))],
  PRGAIN: (tp, fp) => {
    const ratio = divideNoNan(tp[0], fp[0]);
    return [
      Array.from(tp, count => (count === 0 ? 0 : Math.max(1 - (ratio * (tp[0] - count)) / count, 0))),
      Array.from(tp, (count, i) => (count === 0 ? 1 : 1 - (ratio * fp[i]) / count)),
    ];
  },
};

const HEIGHTS = {
  interpolation: (a: number, b: number): number => (a + b) / 2,
  minoring: Math.min,
  majoring: Math.max,
};

function area([x, y]: ReturnType<Curve>, height: (a: number, b: number) => number): number {
  let sum = 0;
  for (let i = 0; i + 1 < x.length; i++) sum += (x[i] - x[i + 1]) * height(y[i], y[i + 1]);
  return sum;
}

/** True positives are taken as linear in the positive predictions between two thresholds. */
function interpolatedPrecisionRecall(tp: Float64Array, fp: Float64Array): number {
  let sum = 0;
  for (let i = 0; i + 1 < tp.length; i++) {
    const [positives, next] = [tp[i] + fp[i], tp[i + 1] + fp[i + 1]];
    const found = tp[i] - tp[i + 1];
    const slope = divideNoNan(found, Math.max(positives - next, 0));
    const intercept = tp[i + 1] - slope * next;
    const ratio = positives > 0 && next > 0 ? positives / next : 1;
    sum += divideNoNan(slope * (found + intercept * Math.log(ratio)), tp[0]);
  }
  return sum;
}
